"""What falls due with time: idempotent sweeps, run every minute by whoever holds the lock.

Two brakes: a sweep that would touch over a tenth of the live rows (and more than 50), or a
clock that jumped by more than six hours, stops until an operator confirms.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from chassis import outbox
from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.waiting import pause

log = structlog.get_logger(__name__)

LOCK = 0x7377656570
"""Advisory lock key: the bytes of "sweep"."""
CLOCK_JUMP = timedelta(hours=6)
MANY_ROWS = 50
LARGE_SHARE = 0.1

Clock = Callable[[], datetime]
SweepFunction = Callable[[Connection, datetime, Cause], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many rows a sweep would touch now, of how many live ones."""

    due: int
    live: int

    @property
    def is_suspicious(self) -> bool:
        return self.due > MANY_ROWS and self.due > LARGE_SHARE * self.live


ReachFunction = Callable[[Connection, datetime], Awaitable[Reach]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    name: str
    run: SweepFunction
    reach: ReachFunction | None


def utc_now() -> datetime:
    return datetime.now(UTC)


class Sweeps:
    """``sweeps = Sweeps()`` in a service's ``sweeps.py``."""

    def __init__(self) -> None:
        self._sweeps: list[Sweep] = []

    def due(
        self, *, reach: ReachFunction | None = None
    ) -> Callable[[SweepFunction], SweepFunction]:
        """Register ``async def expire_things(connection, now, cause)``.

        A sweep that ends or deletes something gives its ``reach``, so that the brake works.
        """

        def register(function: SweepFunction) -> SweepFunction:
            self._sweeps.append(Sweep(name=function.__name__, run=function, reach=reach))
            return function

        return register

    @property
    def all(self) -> tuple[Sweep, ...]:
        return (*self._sweeps, Sweep(name="prune_outbox", run=_prune_outbox, reach=None))


async def _prune_outbox(connection: Connection, now: datetime, _cause: Cause) -> None:
    await outbox.prune(connection, now=now)


class Sweeper:
    """Runs the sweeps of one service, each in a transaction of its own."""

    def __init__(self, sweeps: Sweeps, *, pool: Pool, clock: Clock, every_seconds: float) -> None:
        self._sweeps = sweeps
        self._pool = pool
        self._clock = clock
        self._every_seconds = every_seconds
        self._stopping = asyncio.Event()
        self._last: tuple[datetime, float] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run(), name="sweeper")
        try:
            yield
        finally:
            self._stopping.set()
            await task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._run_on_time()
            except Exception as error:
                log.warning("sweeps_failed", error=type(error).__name__)
            await pause(self._every_seconds, self._stopping)

    async def _run_on_time(self) -> None:
        now = self._clock()
        if await self._clock_jumped(now):
            log.error("clock_jumped", remedy="check the clock, then sweep --confirm")
            await self._stop_all(now)
        await self.run_once(now)
        self._last = (now, time.monotonic())

    async def _clock_jumped(self, now: datetime) -> bool:
        if self._last is None:
            async with self._pool.connection() as connection:
                database_now: datetime = await connection.fetchval("select clock_timestamp()")
            return now - database_now > CLOCK_JUMP
        wall, monotonic = self._last
        passed = timedelta(seconds=time.monotonic() - monotonic)
        return (now - wall) - passed > CLOCK_JUMP

    async def _stop_all(self, now: datetime) -> None:
        async with self._pool.transaction() as connection:
            for sweep in self._sweeps.all:
                await _stop(connection, sweep.name, now, why="the clock jumped")

    async def run_once(self, now: datetime) -> tuple[str, ...]:
        """Run every sweep as of ``now``; returns the names of those that are stopped."""
        stopped = [sweep.name for sweep in self._sweeps.all if not await self._run_one(sweep, now)]
        return tuple(stopped)

    async def _run_one(self, sweep: Sweep, now: datetime) -> bool:
        async with self._pool.transaction() as connection:
            if not await connection.fetchval("select pg_try_advisory_xact_lock($1)", LOCK):
                return True
            if await _is_stopped(connection, sweep.name):
                return False
            if await self._reaches_too_far(connection, sweep, now):
                return False
            await sweep.run(connection, now, Cause.new())
            await connection.execute(
                "insert into sweep (name, last_run_at) values ($1, $2)"
                " on conflict (name) do update set last_run_at = excluded.last_run_at",
                sweep.name,
                now,
            )
            return True

    async def _reaches_too_far(self, connection: Connection, sweep: Sweep, now: datetime) -> bool:
        if sweep.reach is None or await _is_confirmed(connection, sweep.name):
            return False
        reach = await sweep.reach(connection, now)
        if not reach.is_suspicious:
            return False
        why = f"would touch {reach.due} of {reach.live} rows"
        await _stop(connection, sweep.name, now, why=why)
        log.error(
            "sweep_stopped",
            sweep=sweep.name,
            due=reach.due,
            live=reach.live,
            remedy="sweep --confirm",
        )
        return True


async def _is_stopped(connection: Connection, name: str) -> bool:
    query = "select stopped_at is not null from sweep where name = $1"
    return bool(await connection.fetchval(query, name))


async def _is_confirmed(connection: Connection, name: str) -> bool:
    """Whether an operator confirmed the coming run; the confirmation is used up by asking."""
    row = await connection.fetchrow(
        "update sweep set confirmed_at = null where name = $1 and confirmed_at is not null"
        " returning name",
        name,
    )
    return row is not None


async def _stop(connection: Connection, name: str, now: datetime, *, why: str) -> None:
    await connection.execute(
        "insert into sweep (name, stopped_at, stop_reason) values ($1, $2, $3)"
        " on conflict (name) do update"
        " set stopped_at = excluded.stopped_at, stop_reason = excluded.stop_reason",
        name,
        now,
        why,
    )


async def confirm(connection: Connection) -> tuple[str, ...]:
    """Let every stopped sweep run once whatever its reach; returns their names."""
    rows = await connection.fetch(
        "update sweep set stopped_at = null, stop_reason = null, confirmed_at = clock_timestamp()"
        " where stopped_at is not null returning name"
    )
    return tuple(row["name"] for row in rows)
