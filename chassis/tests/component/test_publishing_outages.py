"""A service as a process while its broker or its database is away: it waits, says so, and ends."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID, uuid4

import httpx
import pytest
from almanac.almanac import Almanac, header
from almanac.events import events_of
from almanac.fixtures import an_almanac  # noqa: F401 - a fixture

from embedded.kafka import Kafka
from embedded.plain_http import NO_CERTIFICATES
from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.processes import Process
from embedded.testing import eventually

pytestmark = pytest.mark.timeout(300)

ONCE_HEALED = 90
ANSWERED = 60
SIGTERM_SECONDS = 20


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, verify=NO_CERTIFICATES, timeout=ANSWERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    process: Process
    url: str

    async def status(self, path: str) -> tuple[int, str]:
        async with _client() as client:
            answer = await client.get(f"{self.url}{path}")
        return answer.status_code, answer.json()["status"]

    async def is_ready(self) -> bool:
        try:
            return await self.status("/health/ready") == (200, "ready")
        except httpx.TransportError:
            self.process.demand_running()
            return False

    async def write(self, entry_id: UUID) -> int:
        async with _client() as client:
            return (await client.post(f"{self.url}/entries/{entry_id}")).status_code

    async def told(self, name: str) -> float:
        async with _client() as client:
            figures = (await client.get(f"{self.url}/metrics")).text.splitlines()
        return next(float(line.split()[1]) for line in figures if line.startswith(f"{name} "))

    def logged(self, event: str) -> int:
        return self.process.command.log.read_text().count(f'"event": "{event}"')


@contextmanager
def serving(almanac: Almanac, **settings: str) -> Iterator[Running]:
    port = free_port()
    process = almanac.process(port=port, settings=settings).start()
    try:
        yield Running(process=process, url=f"http://127.0.0.1:{port}")
    finally:
        process.kill()


async def has_failed(running: Running, *, times: int) -> None:
    """The outage lasts until the relay has tried so often; its pauses double from 0.2 s."""
    await eventually(lambda: running.logged("relay_failed") >= times, timeout=ONCE_HEALED)


async def assert_all_published_in_order(almanac: Almanac, entry_id: UUID, count: int) -> None:
    """Everything is there, in order; what is repeated has its first record's id."""
    records = await almanac.read(almanac.events.written.topic)
    mine = [record for record in records if record.key == str(entry_id).encode()]
    revisions = [int(header(record, "ce_revision")) for record in mine]
    assert sorted(set(revisions)) == list(range(1, count + 1))
    assert all(after <= before + 1 for before, after in pairwise(revisions))
    assert len({header(record, "ce_id") for record in mine}) == count


class TestTopicsUnknown:
    async def test_a_service_waits_for_topics_that_the_broker_learns_of(
        self, almanac: Almanac
    ) -> None:
        later = f"later-{almanac.suffix}"
        settings = {"ALMANAC_SUFFIX": later, "ALMANAC_TOPICS_AWAITED_SECONDS": str(ONCE_HEALED)}
        with serving(almanac, **settings) as running:
            await eventually(lambda: running.logged("topics_awaited") == 1, timeout=ONCE_HEALED)
            await almanac.create_topics(*(event.topic for event in events_of(later).all))

            await eventually(running.is_ready, timeout=ONCE_HEALED)

        assert running.logged("topics_missing") == 0

    async def test_it_ends_where_nobody_creates_them(self, almanac: Almanac) -> None:
        code, said = await almanac.command("serve", ALMANAC_SUFFIX=f"never-{almanac.suffix}")

        assert code == 1
        assert f"entry.written-never-{almanac.suffix}" in said
        assert "python -m chassis provision" in said


class TestBrokerAway:
    async def test_writes_go_on_and_are_published_afterwards(
        self, almanac: Almanac, kafka_server: Kafka
    ) -> None:
        entry_id = uuid4()
        with serving(almanac) as running:
            await eventually(running.is_ready, timeout=ONCE_HEALED)
            assert await running.write(entry_id) == 201
            kafka_server.kill()
            try:
                # The row above may have gone out: a relay with nothing to publish does not fail.
                answers = [await running.write(entry_id)]
                await has_failed(running, times=4)
                answers += [await running.write(entry_id) for _ in range(20)]
                live, ready = await running.status("/health/live"), await waiting_for(running)
                await has_failed(running, times=6)
            finally:
                kafka_server.start()
            await eventually(almanac.all_published, timeout=ONCE_HEALED)
            await eventually(running.is_ready, timeout=ONCE_HEALED)

        assert answers == [201] * 21
        assert live == (200, "alive")
        assert ready == (503, "waiting for the broker")
        assert await almanac.value("select count(set_aside_at) from outbox") == 0
        await assert_all_published_in_order(almanac, entry_id, 22)

    async def test_what_waits_is_told_by_a_service_that_never_saw_it(
        self, almanac: Almanac, kafka_server: Kafka
    ) -> None:
        await almanac.append(*almanac.history(3))
        kafka_server.kill()
        try:
            with serving(almanac) as running:
                await has_failed(running, times=4)
                first = await running.told("outbox_oldest_seconds")
                await has_failed(running, times=6)
                later = await running.told("outbox_oldest_seconds")
                pending = await running.told("outbox_pending")
        finally:
            kafka_server.start()

        assert pending == 3
        assert 0 < first < later


class TestDatabaseAway:
    async def test_the_service_waits_and_goes_on(
        self, almanac: Almanac, postgres_server: Postgres
    ) -> None:
        entry_id = uuid4()
        with serving(almanac) as running:
            await eventually(running.is_ready, timeout=ONCE_HEALED)
            await asyncio.gather(*[running.write(entry_id) for _ in range(20)])
            postgres_server.kill()
            try:
                await has_failed(running, times=6)
                live, ready = await running.status("/health/live"), await waiting_for(running)
            finally:
                postgres_server.start()
            await eventually(running.is_ready, timeout=ONCE_HEALED)
            assert await running.write(entry_id) == 201
            await eventually(almanac.all_published, timeout=ONCE_HEALED)

        assert live == (200, "alive")
        assert ready == (503, "waiting for the database")
        await assert_all_published_in_order(almanac, entry_id, 21)


async def waiting_for(running: Running) -> tuple[int, str]:
    return await running.status("/health/ready")


class TestSigterm:
    async def test_ends_a_service_at_work(self, almanac: Almanac) -> None:
        with serving(almanac) as running:
            await eventually(running.is_ready, timeout=ONCE_HEALED)
            await almanac.append(*almanac.history(3000))

            await assert_ends_in_time(running)

    async def test_ends_it_while_the_broker_is_dead(
        self, almanac: Almanac, kafka_server: Kafka
    ) -> None:
        with serving(almanac) as running:
            await eventually(running.is_ready, timeout=ONCE_HEALED)
            kafka_server.kill()
            try:
                assert await running.write(uuid4()) == 201
                await has_failed(running, times=2)

                await assert_ends_in_time(running)
            finally:
                kafka_server.start()

    async def test_ends_it_while_the_broker_does_not_answer(
        self, almanac: Almanac, kafka_server: Kafka
    ) -> None:
        with serving(almanac) as running:
            await eventually(running.is_ready, timeout=ONCE_HEALED)
            with frozen(kafka_server):
                await almanac.append(*almanac.history(10))

                await assert_ends_in_time(running)

    async def test_ends_it_while_it_still_waits_for_the_broker_to_answer(
        self, almanac: Almanac, kafka_server: Kafka
    ) -> None:
        with frozen(kafka_server), serving(almanac) as running:
            await eventually(lambda: running.logged("service_starting") == 1, timeout=ONCE_HEALED)

            await assert_ends_in_time(running)

    async def test_ends_it_while_the_database_is_dead(
        self, almanac: Almanac, postgres_server: Postgres
    ) -> None:
        with serving(almanac) as running:
            await eventually(running.is_ready, timeout=ONCE_HEALED)
            postgres_server.kill()
            try:
                await has_failed(running, times=2)

                await assert_ends_in_time(running)
            finally:
                postgres_server.start()


@contextmanager
def frozen(kafka: Kafka) -> Iterator[None]:
    """A broker that holds its connections and says nothing."""
    os.kill(kafka.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(kafka.process.pid, signal.SIGCONT)


async def assert_ends_in_time(running: Running) -> None:
    begun = time.monotonic()
    code = await asyncio.to_thread(running.process.stop, limit_seconds=60)

    assert code == 0, running.process.log_tail()
    assert time.monotonic() - begun < SIGTERM_SECONDS
