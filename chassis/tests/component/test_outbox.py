"""The outbox in the caller's transaction: all or nothing, in order per key, kept for a while."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from almanac.almanac import Almanac
from almanac.fixtures import an_offline_almanac  # noqa: F401 - a fixture
from almanac.service import Unwilling

from chassis import outbox
from chassis.cause import Cause
from chassis.envelope import Gone
from chassis.outbox import MAX_RECORD_BYTES, PRUNED_ROWS, Outbox, RecordTooLarge, UndeclaredEvent

TOO_MUCH = "x" * (300 * 1024)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def almanac(offline_almanac: Almanac) -> Almanac:
    return offline_almanac


async def texts(almanac: Almanac) -> list[str]:
    rows = await almanac.fetch(
        "select convert_from(payload, 'UTF8')::jsonb ->> 'text' as text from outbox order by seq"
    )
    return [row["text"] for row in rows]


class TestAppend:
    async def test_a_rollback_leaves_nothing_to_publish(self, almanac: Almanac) -> None:
        async def record_and_fail() -> None:
            async with almanac.transaction() as connection:
                event = almanac.written("never")
                await almanac.service.outbox.append(connection, event, cause=Cause.new())
                raise Unwilling

        with pytest.raises(Unwilling):
            await record_and_fail()

        assert await texts(almanac) == []

    async def test_too_large_an_event_is_refused_before_it_is_recorded(
        self, almanac: Almanac
    ) -> None:
        with pytest.raises(RecordTooLarge, match=str(MAX_RECORD_BYTES)):
            await almanac.append(almanac.written("small"), almanac.written(TOO_MUCH))

        assert await texts(almanac) == []

    async def test_a_caller_may_go_on_without_the_event_that_was_refused(
        self, almanac: Almanac
    ) -> None:
        async with almanac.transaction() as connection:
            append, cause = almanac.service.outbox.append, Cause.new()
            with pytest.raises(RecordTooLarge):
                await append(connection, almanac.written(TOO_MUCH), cause=cause)
            await append(connection, almanac.written("instead"), cause=cause)

        assert await texts(almanac) == ["instead"]

    async def test_an_undeclared_event_is_refused(self, almanac: Almanac) -> None:
        declared_less = Outbox([almanac.events.state])

        async with almanac.transaction() as connection:
            with pytest.raises(UndeclaredEvent, match=r"entry\.written\.v1"):
                await declared_less.append(connection, almanac.written(), cause=Cause.new())

        assert await texts(almanac) == []

    async def test_many_are_recorded_like_one_by_one(self, almanac: Almanac) -> None:
        events = [almanac.written(str(number)) for number in range(1000)]
        cause = Cause(correlation_id=uuid4(), event_id="1")

        async with almanac.transaction() as connection:
            await almanac.service.outbox.append_many(connection, events, cause=cause)
        async with almanac.transaction() as connection:
            with pytest.raises(Exception, match="outbox_id_key"):
                await almanac.service.outbox.append(connection, events[7], cause=cause)

        assert await texts(almanac) == [str(number) for number in range(1000)]

    async def test_one_too_large_of_many_refuses_all(self, almanac: Almanac) -> None:
        async with almanac.transaction() as connection:
            with pytest.raises(RecordTooLarge):
                await almanac.service.outbox.append_many(
                    connection, [almanac.written(), almanac.written(TOO_MUCH)], cause=Cause.new()
                )

        assert await texts(almanac) == []


class TestWritersOfOneAggregate:
    async def test_their_rows_stand_in_the_order_of_their_commits(self, almanac: Almanac) -> None:
        entry_id = uuid4()

        await asyncio.gather(*[almanac.write(entry_id) for _ in range(40)])

        rows = await almanac.fetch(
            "select headers::jsonb ->> 'ce_revision' from outbox order by seq"
        )
        assert [int(row[0]) for row in rows] == list(range(1, 41))


class TestGone:
    async def test_a_tombstone_leaves_a_gravestone_until_a_higher_revision(
        self, almanac: Almanac
    ) -> None:
        entry_id, state = uuid4(), almanac.events.state
        gone = Gone(state=state, id=entry_id, revision=5)

        async with almanac.transaction() as connection:
            await almanac.service.outbox.append_gone(connection, gone, cause=Cause.new())
        await almanac.append(state(entry_id=entry_id, revision=4))
        late = await almanac.value("select revision from gravestone where id = $1", entry_id)
        await almanac.append(state(entry_id=entry_id, revision=6))

        assert late == 5
        assert await almanac.fetch("select from gravestone") == []


class TestPrune:
    @pytest.mark.parametrize(
        ("kind", "age", "kept"),
        [
            ("written", timedelta(days=14, seconds=-1), 1),
            ("written", timedelta(days=14, seconds=1), 0),
            ("whispered", timedelta(days=3, seconds=-1), 1),
            ("whispered", timedelta(days=3, seconds=1), 0),
        ],
    )
    async def test_facts_stay_14_days_and_personal_ones_3(
        self, almanac: Almanac, kind: str, age: timedelta, kept: int
    ) -> None:
        await almanac.append(getattr(almanac.events, kind)(entry_id=uuid4()))
        await almanac.execute("update outbox set published_at = $1", NOW - age)

        await prune(almanac)

        assert await almanac.value("select count(*) from outbox") == kept

    async def test_what_is_not_published_stays_however_old(self, almanac: Almanac) -> None:
        await almanac.append(almanac.written("waits"))
        await almanac.execute("update outbox set created_at = $1", NOW - timedelta(days=400))

        await prune(almanac)

        assert await texts(almanac) == ["waits"]

    @pytest.mark.parametrize(
        ("age", "kept"),
        [(timedelta(days=35, seconds=-1), 1), (timedelta(days=35, seconds=1), 0)],
    )
    async def test_what_was_handled_is_known_35_days(
        self, almanac: Almanac, age: timedelta, kept: int
    ) -> None:
        statement = "insert into inbox (source, id, handled_at) values ('elsewhere', '1', $1)"
        await almanac.execute(statement, NOW - age)

        await prune(almanac)

        assert await almanac.value("select count(*) from inbox") == kept

    @pytest.mark.parametrize(
        ("resolved", "kept"),
        [
            (timedelta(days=35, seconds=-1), 1),
            (timedelta(days=35, seconds=1), 0),
            (None, 1),
        ],
    )
    async def test_what_was_parked_is_known_35_days_after_the_decision(
        self, almanac: Almanac, resolved: timedelta | None, kept: int
    ) -> None:
        await almanac.execute(
            'insert into parked_record (topic, partition, "offset", value_hash, "timestamp",'
            " headers, error, parked_at, resolved_at)"
            " values ('t', 0, 0, '', '2020-01-01', '[]', '', '2020-01-01', $1)",
            None if resolved is None else NOW - resolved,
        )

        await prune(almanac)

        assert await almanac.value("select count(*) from parked_record") == kept

    async def test_a_long_arrear_goes_in_portions(self, almanac: Almanac) -> None:
        await almanac.execute(
            "insert into inbox (source, id, handled_at)"
            " select 'elsewhere', n::text, '2020-01-01' from generate_series(1, $1::int) n",
            PRUNED_ROWS + 1,
        )

        await prune(almanac)
        left = await almanac.value("select count(*) from inbox")
        await prune(almanac)

        assert (left, await almanac.value("select count(*) from inbox")) == (1, 0)


class TestErasure:
    async def test_what_waits_about_a_subject_is_never_published(self, almanac: Almanac) -> None:
        erased, other = almanac.written("erased"), almanac.written("other")
        await almanac.append(erased, other)

        async with almanac.transaction() as connection:
            await outbox.blank(connection, erased.entry_id)

        rows = await almanac.fetch("select key, payload from outbox where published_at is null")
        assert [UUID(row["key"]) for row in rows] == [other.entry_id]
        assert await almanac.value("select count(*) from outbox where payload is not null") == 1


async def prune(almanac: Almanac) -> None:
    async with almanac.transaction() as connection:
        await outbox.prune(connection, now=NOW)
