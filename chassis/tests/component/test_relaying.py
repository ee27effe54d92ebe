"""The relay on real servers: at least once under one id, in order per key, one at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.errors import KafkaError
from almanac.almanac import PARTITIONS, Almanac, header, ids
from almanac.fixtures import an_almanac  # noqa: F401 - a fixture
from prometheus_client import CollectorRegistry

from chassis import backlog, relay
from chassis.cause import Cause
from chassis.envelope import Gone
from chassis.metrics import RelayMetrics
from chassis.provisioning import missing_topics
from chassis.publisher import publisher
from embedded.processes import Process
from embedded.testing import eventually

SOON = 60
ONCE_HEALED = 60


@asynccontextmanager
async def published(almanac: Almanac) -> AsyncIterator[None]:
    """The block runs beside a relay and ends when everything is published."""
    async with almanac.relay().running():
        yield
        await eventually(almanac.all_published, timeout=ONCE_HEALED)


@contextmanager
def running(process: Process) -> Iterator[Process]:
    process.start()
    try:
        yield process
    finally:
        process.kill()


class TestPublishing:
    async def test_each_event_stands_on_its_topic_once_in_the_order_of_its_key(
        self, almanac: Almanac
    ) -> None:
        histories = [almanac.history(20) for _ in range(60)]
        mixed = [event for step in zip(*histories, strict=True) for event in step]

        appended = await almanac.append(*mixed)
        async with published(almanac):
            pass

        topic = almanac.events.written.topic
        assert sorted(ids(await almanac.read(topic))) == sorted(appended)
        assert set(map(tuple, (await almanac.revisions(topic)).values())) == {tuple(range(1, 21))}

    async def test_racing_writers_of_one_aggregate_are_read_in_the_order_of_their_commits(
        self, almanac: Almanac
    ) -> None:
        entry_id = uuid4()

        async with published(almanac):
            await asyncio.gather(*[almanac.write(entry_id) for _ in range(40)])

        found = await almanac.revisions(almanac.events.written.topic)
        assert found == {str(entry_id): list(range(1, 41))}

    async def test_a_tombstone_has_no_value_but_type_and_revision(self, almanac: Almanac) -> None:
        gone = Gone(state=almanac.events.state, id=uuid4(), revision=7)

        async with published(almanac), almanac.transaction() as connection:
            await almanac.service.outbox.append_gone(connection, gone, cause=Cause.new())

        (record,) = [each for each in await states(almanac) if each.key == str(gone.id).encode()]
        assert record.value is None
        assert header(record, "ce_type") == "entry.state.v1"
        assert header(record, "ce_revision") == "7"

    async def test_each_partition_of_a_state_topic_gets_a_heartbeat(self, almanac: Almanac) -> None:
        async with almanac.relay().running():
            await eventually(lambda: heartbeats(almanac), timeout=ONCE_HEALED)

        found = await almanac.read(almanac.events.state.topic)
        assert sorted(record.partition for record in found) == list(range(PARTITIONS))
        assert {header(record, "ce_type") for record in found} == {"heartbeat.v1"}
        assert await almanac.read(almanac.events.written.topic) == []


class TestKill:
    async def test_between_send_and_mark_repeats_the_batch_under_the_same_ids(
        self, almanac: Almanac
    ) -> None:
        """The promise is at least once: readers know a repeated record by its id."""
        appended = await almanac.append(*almanac.history(5))
        topic = almanac.events.written.topic

        async with almanac.transaction() as connection:
            # The relay sends, since it reads without locks; then its mark waits for ours.
            await connection.fetch("select from outbox for update")
            with running(almanac.process()):
                await eventually(lambda: marking(almanac), timeout=ONCE_HEALED)
            await connection.execute(f"select pg_terminate_backend(pid) {MARKING}")
        before = ids(await almanac.read(topic))
        pending = await almanac.pending()
        async with published(almanac):
            pass

        assert (before, pending) == (appended, 5)
        assert ids(await almanac.read(topic)) == appended * 2

    async def test_at_any_time_loses_nothing_and_keeps_the_order(self, almanac: Almanac) -> None:
        histories = [almanac.history(50) for _ in range(60)]
        appended = await almanac.append(*[event for each in histories for event in each])

        async with almanac.transaction() as connection:
            # Nobody marks the last row, so that the kill never comes too late.
            await connection.fetch("select from outbox order by seq desc limit 1 for update")
            with running(almanac.process()):
                await eventually(lambda: some_published(almanac), timeout=ONCE_HEALED)
            await connection.execute(f"select pg_terminate_backend(pid) {MARKING}")
        async with published(almanac):
            pass

        topic = almanac.events.written.topic
        assert set(ids(await almanac.read(topic))) == set(appended)
        for revisions in (await almanac.revisions(topic)).values():
            assert without_repeats(revisions) == list(range(1, 51))


class TestFencing:
    async def test_what_an_abandoned_producer_sent_is_never_read(self, almanac: Almanac) -> None:
        entry_id, state = uuid4(), almanac.events.state
        await almanac.append(state(entry_id=entry_id, revision=1))
        rows = await almanac.fetch("select seq, topic, key, headers, payload from outbox")

        async with publisher(almanac.origin) as abandoned:
            await abandoned._producer.begin_transaction()
            await (await abandoned._send(rows[0]))
            async with published(almanac):
                gone = Gone(state=state, id=entry_id, revision=2)
                async with almanac.transaction() as connection:
                    await almanac.service.outbox.append_gone(connection, gone, cause=Cause.new())
            with pytest.raises(KafkaError):
                await abandoned._producer.commit_transaction()

        found = await almanac.revisions(almanac.events.state.topic)
        assert found[str(entry_id)] == [1, 2]


class TestStandBy:
    async def test_takes_over_when_the_other_loses_its_connection(self, almanac: Almanac) -> None:
        first, second = some_metrics(), some_metrics()
        history = almanac.history(300)

        async with almanac.relay(first).running():
            await eventually(lambda: is_active(first), timeout=ONCE_HEALED)
            async with almanac.relay(second).running():
                await almanac.append(*history[:100])
                await eventually(lambda: cut_connection(almanac))
                await almanac.append(*history[100:200])
                await eventually(lambda: cut_connection(almanac))
                await almanac.append(*history[200:])
                await eventually(almanac.all_published, timeout=ONCE_HEALED)

        (revisions,) = (await almanac.revisions(almanac.events.written.topic)).values()
        assert without_repeats(revisions) == list(range(1, 301))

    async def test_tells_nothing_of_the_outbox_once_the_other_leads(self, almanac: Almanac) -> None:
        metrics = some_metrics()
        almanac.events.whispered.topic = f"missing-{almanac.suffix}"
        await almanac.append(almanac.events.whispered(entry_id=uuid4()))
        await almanac.execute("update outbox set set_aside_at = clock_timestamp()")

        async with almanac.relay(metrics).running(), almanac.transaction() as other:
            await eventually(lambda: all(told(metrics)), timeout=ONCE_HEALED)
            lead = asyncio.create_task(other.execute("select pg_advisory_lock($1)", relay.LOCK))
            await eventually(lambda: waits_for_the_lead(almanac))
            await eventually(lambda: cut_connection(almanac))
            await lead

            await eventually(lambda: not any(told(metrics)), timeout=SOON)

    async def test_publishes_nothing_while_the_other_is_active(self, almanac: Almanac) -> None:
        active, waiting = some_metrics(), some_metrics()

        async with almanac.relay(active).running():
            await eventually(lambda: is_active(active), timeout=ONCE_HEALED)
            async with almanac.relay(waiting).running():
                await almanac.append(*almanac.history(100))
                await eventually(almanac.all_published, timeout=ONCE_HEALED)

        assert count_published(active) == 100
        assert count_published(waiting) == 0

    async def test_takes_over_when_the_other_is_killed(self, almanac: Almanac) -> None:
        metrics = some_metrics()
        with running(almanac.process()) as first:
            await almanac.append(*almanac.history(10))
            await eventually(almanac.all_published, timeout=ONCE_HEALED)

            async with almanac.relay(metrics).running():
                first.kill()
                await almanac.append(*almanac.history(10))
                await eventually(almanac.all_published, timeout=ONCE_HEALED)

        assert count_published(metrics) == 10


class TestMissingTopic:
    @pytest.fixture(autouse=True)
    def send_that_gives_up_late(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """So that `SOON` shows that nobody waited for it, on a busy machine as well."""
        monkeypatch.setattr("chassis.publisher.SEND_SECONDS", 10.0 * SOON)

    @pytest.fixture
    async def elsewhere(self, almanac: Almanac) -> str:
        """A topic whose name an event has, and which nobody made."""
        almanac.events.whispered.topic = f"missing-{almanac.suffix}"
        return almanac.events.whispered.topic

    async def test_delays_only_its_own_rows_until_it_is_made(
        self, almanac: Almanac, elsewhere: str
    ) -> None:
        waiting = [almanac.events.whispered(entry_id=uuid4()) for _ in range(600)]
        prompt = almanac.history(10)

        await almanac.append(*waiting)
        await almanac.append(*prompt)
        async with almanac.relay().running():
            await eventually(lambda: pending_is(almanac, 600), timeout=SOON)
            await almanac.create_topics(elsewhere)
            await eventually(almanac.all_published, timeout=ONCE_HEALED)

        assert len(await almanac.read(almanac.events.written.topic)) == 10
        assert len(await almanac.read(elsewhere)) == 600

    async def test_is_not_waited_for_again_with_each_new_key(
        self, almanac: Almanac, elsewhere: str
    ) -> None:
        async with almanac.relay().running():
            for number in range(1, 6):
                await almanac.append(almanac.events.whispered(entry_id=uuid4()))
                await almanac.append(almanac.written())
                await eventually(partial(pending_is, almanac, number), timeout=SOON)

    async def test_of_a_state_holds_up_no_facts(self, almanac: Almanac) -> None:
        almanac.events.state.topic = f"missing-{almanac.suffix}"

        async with almanac.relay().running():
            await almanac.append(*almanac.history(3))
            await eventually(almanac.all_published, timeout=SOON)
            await almanac.append(*almanac.history(3))
            await eventually(almanac.all_published, timeout=SOON)

        assert await missing_topics(almanac.bootstrap, [almanac.events.state.topic])


class TestRefusedRecord:
    async def test_is_set_aside_alone_and_only_its_key_waits(self, almanac: Almanac) -> None:
        narrow = almanac.events.whispered
        narrow.topic = f"narrow-{almanac.suffix}"
        await almanac.create_topics(narrow.topic, max_message_bytes="5000")
        guilty = uuid4()
        refused = [
            narrow(entry_id=guilty, revision=n, text="x" * 9000 * (n == 2)) for n in range(4)
        ]
        others = [narrow(entry_id=uuid4()) for _ in range(30)]

        await almanac.append(*refused[:3], *others, refused[3])
        async with almanac.relay().running():
            await eventually(lambda: pending_is(almanac, 2), timeout=ONCE_HEALED)
        found = await almanac.revisions(narrow.topic)
        aside = await almanac.fetch("select error from outbox where set_aside_at is not null")
        await almanac.execute("update outbox set payload = '{}' where set_aside_at is not null")
        await almanac.execute(backlog.RELEASE)
        async with published(almanac):
            pass

        assert len(found) == 31
        assert found[str(guilty)] == [0, 1]
        assert [row["error"] for row in aside] == ["MessageSizeTooLargeError"]
        assert (await almanac.revisions(narrow.topic))[str(guilty)] == [0, 1, 2, 3]


def some_metrics() -> RelayMetrics:
    return RelayMetrics(CollectorRegistry())


def is_active(metrics: RelayMetrics) -> bool:
    return bool(metrics.active._value.get())


def told(metrics: RelayMetrics) -> list[float]:
    """How much waits, how much of it is set aside, and for how long."""
    gauges = (metrics.pending, metrics.set_aside, metrics.oldest)
    return [float(each._value.get()) for each in gauges]


def count_published(metrics: RelayMetrics) -> float:
    return float(metrics.published._value.get())


def without_repeats(revisions: list[int]) -> list[int]:
    """A repeated batch begins again at a revision that was there; nothing may be left out."""
    assert all(after <= before + 1 for before, after in pairwise(revisions))
    return sorted(set(revisions))


async def states(almanac: Almanac) -> list[Any]:
    found = await almanac.read(almanac.events.state.topic)
    return [each for each in found if header(each, "ce_type") != "heartbeat.v1"]


async def heartbeats(almanac: Almanac) -> bool:
    return len(await almanac.read(almanac.events.state.topic)) >= PARTITIONS


MARKING = (
    "from pg_stat_activity where wait_event_type = 'Lock'"
    " and datname = current_database() and query like 'update outbox set published_at%'"
)


async def marking(almanac: Almanac) -> bool:
    return bool(await almanac.value(f"select count(*) {MARKING}"))


async def some_published(almanac: Almanac) -> bool:
    return 0 < await almanac.pending() < 3000


async def pending_is(almanac: Almanac, count: int) -> bool:
    return await almanac.pending() == count


async def waits_for_the_lead(almanac: Almanac) -> bool:
    query = (
        "select count(*) from pg_locks where locktype = 'advisory' and not granted"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    return bool(await almanac.value(query))


async def cut_connection(almanac: Almanac) -> bool:
    """End the session that holds the relay's lock, as a failing network would."""
    query = (
        "select count(pg_terminate_backend(pid)) from pg_locks"
        " where locktype = 'advisory' and granted"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    return bool(await almanac.value(query))
