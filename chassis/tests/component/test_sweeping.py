"""Sweeps on a real database: each on its own, stopped by two brakes, let go by an operator."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from almanac.almanac import Almanac
from almanac.fixtures import an_offline_almanac  # noqa: F401 - a fixture
from prometheus_client import CollectorRegistry

from chassis.database import Pool
from chassis.metrics import SweepMetrics
from chassis.sweeps import Sweeper, confirm
from embedded.testing import eventually

SOON = 60
"""A limit, not a wait: the turns themselves take milliseconds."""


@pytest.fixture
def almanac(offline_almanac: Almanac) -> Almanac:
    return offline_almanac


@pytest.fixture
async def pool(almanac: Almanac) -> AsyncIterator[Pool]:
    pool = Pool(almanac.url, application="test", size=4)
    await pool.open()
    yield pool
    await pool.close()


class MovableClock:
    """Goes like the real one, but for what a test adds to it."""

    def __init__(self, *, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def a_sweeper(
    almanac: Almanac,
    pool: Pool,
    clock: MovableClock | None = None,
    metrics: SweepMetrics | None = None,
) -> Sweeper:
    return Sweeper(
        almanac.service.sweeps,
        pool=pool,
        clock=clock or MovableClock(),
        every_seconds=0.05,
        metrics=metrics,
    )


async def run_once(almanac: Almanac, pool: Pool) -> tuple[str, ...]:
    return await a_sweeper(almanac, pool).run_once(datetime.now(UTC))


async def entries(almanac: Almanac, *, due: int, live: int) -> None:
    """``live`` entries, of which ``due`` are to be ended."""
    await almanac.execute(
        "insert into entry (id, revision, text) select gen_random_uuid(), 1,"
        " case when n <= $1::int then 'due' else '' end from generate_series(1, $2::int) n",
        due,
        live,
    )


async def ended(almanac: Almanac) -> int:
    return int(await almanac.value("select count(*) from entry where text = 'ended'"))


async def swept(almanac: Almanac) -> dict[str, Any]:
    return {row["name"]: row for row in await almanac.fetch("select * from sweep")}


async def runs_after(almanac: Almanac, moment: datetime) -> bool:
    row = (await swept(almanac)).get("prune_outbox")
    return bool(row and row["last_run_at"] and row["last_run_at"] > moment)


class TestReach:
    @pytest.mark.parametrize(
        ("due", "live", "touched"),
        [
            (50, 50, True),  # all of few
            (51, 510, True),  # a tenth, not more
            (51, 509, False),
            (200, 1000, False),
        ],
    )
    async def test_over_a_tenth_and_over_50_rows_stop_a_sweep(
        self, almanac: Almanac, pool: Pool, *, due: int, live: int, touched: bool
    ) -> None:
        await entries(almanac, due=due, live=live)

        stopped = await run_once(almanac, pool)

        assert await ended(almanac) == (due if touched else 0)
        assert stopped == (() if touched else ("end_entries",))

    async def test_a_stopped_sweep_stays_stopped_when_less_is_due_later(
        self, almanac: Almanac, pool: Pool
    ) -> None:
        await entries(almanac, due=60, live=60)
        await run_once(almanac, pool)
        await almanac.execute("update entry set text = '' where text = 'due'")
        await entries(almanac, due=1, live=1)

        stopped = await run_once(almanac, pool)

        assert stopped == ("end_entries",)
        assert await ended(almanac) == 0

    async def test_the_others_run_while_one_is_stopped(self, almanac: Almanac, pool: Pool) -> None:
        await entries(almanac, due=60, live=60)

        await run_once(almanac, pool)

        ran = {name for name, row in (await swept(almanac)).items() if row["last_run_at"]}
        assert ran == {"count_entries", "prune_outbox"}

    async def test_a_confirmation_lets_it_run_once(self, almanac: Almanac, pool: Pool) -> None:
        await entries(almanac, due=60, live=60)
        await run_once(almanac, pool)

        async with pool.transaction() as connection:
            confirmed = await confirm(connection)
        first = await run_once(almanac, pool)
        await entries(almanac, due=60, live=60)
        second = await run_once(almanac, pool)

        assert confirmed == ("end_entries",)
        assert (first, second) == ((), ("end_entries",))
        assert await ended(almanac) == 60

    async def test_a_confirmed_run_that_fails_is_still_confirmed(
        self, almanac: Almanac, pool: Pool
    ) -> None:
        await entries(almanac, due=60, live=60)
        await run_once(almanac, pool)
        async with pool.transaction() as connection:
            await confirm(connection)

        await almanac.execute("insert into failing_sweep values ('end_entries')")
        with pytest.raises(ExceptionGroup):
            await run_once(almanac, pool)
        await almanac.execute("delete from failing_sweep")
        await run_once(almanac, pool)

        assert await ended(almanac) == 60


class TestFailure:
    async def test_of_one_sweep_keeps_no_other_from_running(
        self, almanac: Almanac, pool: Pool
    ) -> None:
        metrics = SweepMetrics(CollectorRegistry())
        await almanac.execute("insert into failing_sweep values ('end_entries')")

        with pytest.raises(ExceptionGroup) as raised:
            await a_sweeper(almanac, pool, metrics=metrics).run_once(datetime.now(UTC))

        rows = await swept(almanac)
        assert [str(error) for error in raised.value.exceptions] == ["end_entries"]
        assert rows["end_entries"]["failure"] == "Unwilling"
        assert rows["end_entries"]["last_run_at"] is None
        assert rows["count_entries"]["last_run_at"]
        assert rows["prune_outbox"]["last_run_at"]
        assert metrics.failures.labels(sweep="end_entries")._value.get() == 1

    async def test_is_forgotten_after_a_success(self, almanac: Almanac, pool: Pool) -> None:
        await almanac.execute("insert into failing_sweep values ('end_entries')")
        with pytest.raises(ExceptionGroup):
            await run_once(almanac, pool)

        await almanac.execute("delete from failing_sweep")
        await run_once(almanac, pool)

        assert (await swept(almanac))["end_entries"]["failed_at"] is None

    async def test_rolls_back_what_the_sweep_did(self, almanac: Almanac, pool: Pool) -> None:
        await entries(almanac, due=1, live=1)
        await almanac.execute(
            "create function refuse() returns trigger language plpgsql"
            " as $$ begin raise 'refused'; end $$"
        )
        await almanac.execute(
            "create constraint trigger late after update on entry deferrable initially deferred"
            " for each row execute function refuse()"
        )

        with pytest.raises(ExceptionGroup):
            await run_once(almanac, pool)

        assert await ended(almanac) == 0
        assert (await swept(almanac))["end_entries"]["last_run_at"] is None


class TestClock:
    @pytest.mark.parametrize(
        ("jump", "stops"),
        [(timedelta(hours=5, minutes=55), False), (timedelta(hours=6, minutes=5), True)],
    )
    async def test_a_jump_of_more_than_6_hours_stops_all_sweeps(
        self, almanac: Almanac, pool: Pool, *, jump: timedelta, stops: bool
    ) -> None:
        clock = MovableClock()

        async with a_sweeper(almanac, pool, clock).running():
            await a_run_later_than_now(almanac, clock)
            clock.ahead = jump
            await eventually(lambda: knows(almanac, clock, stops=stops), timeout=SOON)

        stopped = {row["stopped_at"] is not None for row in (await swept(almanac)).values()}
        assert stopped == {stops}

    @pytest.mark.parametrize(
        ("ahead", "stops"),
        [(timedelta(hours=5, minutes=55), False), (timedelta(hours=6, minutes=5), True)],
    )
    async def test_after_a_restart_it_is_compared_with_the_clock_of_the_database(
        self, almanac: Almanac, pool: Pool, *, ahead: timedelta, stops: bool
    ) -> None:
        clock = MovableClock(ahead=ahead)
        await entries(almanac, due=1, live=1)

        async with a_sweeper(almanac, pool, clock).running():
            await eventually(lambda: knows(almanac, clock, stops=stops), timeout=SOON)

        assert await ended(almanac) == (0 if stops else 1)

    async def test_once_confirmed_it_is_no_jump_any_more(
        self, almanac: Almanac, pool: Pool
    ) -> None:
        clock = MovableClock(ahead=timedelta(hours=7))

        async with a_sweeper(almanac, pool, clock).running():
            await eventually(lambda: knows(almanac, clock, stops=True), timeout=SOON)
            async with pool.transaction() as connection:
                await confirm(connection)
            await a_run_later_than_now(almanac, clock)

        assert {row["stopped_at"] for row in (await swept(almanac)).values()} == {None}

    async def test_a_failing_sweep_does_not_make_it_jump_again(
        self, almanac: Almanac, pool: Pool
    ) -> None:
        clock = MovableClock(ahead=timedelta(hours=7))
        await almanac.execute("insert into failing_sweep values ('count_entries')")

        async with a_sweeper(almanac, pool, clock).running():
            await eventually(lambda: knows(almanac, clock, stops=True), timeout=SOON)
            async with pool.transaction() as connection:
                await confirm(connection)
            await a_run_later_than_now(almanac, clock)
            await a_run_later_than_now(almanac, clock)

        rows = await swept(almanac)
        assert {row["stopped_at"] for row in rows.values()} == {None}
        assert rows["count_entries"]["failure"] == "Unwilling"


async def a_run_later_than_now(almanac: Almanac, clock: MovableClock) -> None:
    now = clock()
    await eventually(lambda: runs_after(almanac, now), timeout=SOON)


async def knows(almanac: Almanac, clock: MovableClock, *, stops: bool) -> bool:
    """Whether the sweeper has had a turn with the clock as it is now."""
    if not stops:
        return await runs_after(almanac, clock() - timedelta(minutes=1))
    rows = await swept(almanac)
    return bool(rows) and all(row["stopped_at"] for row in rows.values())


class TestReplicas:
    async def test_a_second_one_leaves_a_sweep_to_whoever_holds_the_lock(
        self, almanac: Almanac, pool: Pool
    ) -> None:
        await entries(almanac, due=1, live=1)
        async with pool.transaction() as connection:
            await connection.fetchval("select pg_advisory_xact_lock($1)", 0x7377656570)

            stopped = await run_once(almanac, pool)

        assert stopped == ()
        assert await swept(almanac) == {}
        assert await ended(almanac) == 0
