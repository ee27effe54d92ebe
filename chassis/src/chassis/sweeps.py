"""What falls due with time: idempotent sweeps, run every minute by whoever holds the lock.

Each runs in a transaction of its own, whatever became of the one before it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from prometheus_client import CollectorRegistry

from chassis import brakes, outbox
from chassis.brakes import Reach, ReachFunction, confirm
from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.metrics import SweepMetrics
from chassis.waiting import pause
from chassis.workers import in_background

__all__ = ["Clock", "Reach", "Sweeper", "Sweeps", "confirm", "utc_now"]

log = structlog.get_logger(__name__)

LOCK = 0x7377656570
"""Advisory lock key: the bytes of "sweep"."""
STOP_SECONDS = 5.0

Clock = Callable[[], datetime]
SweepFunction = Callable[[Connection, datetime, Cause], Awaitable[None]]


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
    """Runs the sweeps of one service."""

    def __init__(
        self,
        sweeps: Sweeps,
        *,
        pool: Pool,
        clock: Clock,
        every_seconds: float,
        metrics: SweepMetrics | None = None,
    ) -> None:
        self._sweeps = sweeps
        self._pool = pool
        self._clock = clock
        self._every_seconds = every_seconds
        self._metrics = metrics or SweepMetrics(CollectorRegistry())
        self._watch = brakes.ClockWatch(pool)
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with in_background(
            self._run(), name="sweeper", stopping=self._stopping, stop_seconds=STOP_SECONDS
        ):
            yield

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._run_on_time()
            except Exception as error:
                log.warning("sweeps_failed", error=type(error).__name__)
            await pause(self._every_seconds, self._stopping)

    async def _run_on_time(self) -> None:
        now = self._clock()
        if await self._watch.jumped(now):
            log.error("clock_jumped", remedy="check the clock, then sweep --confirm")
            await self._stop_all(now)
        self._watch.accept(now)
        await self.run_once(now)

    async def _stop_all(self, now: datetime) -> None:
        async with self._pool.transaction() as connection:
            for sweep in self._sweeps.all:
                await brakes.stop(connection, sweep.name, now, why="the clock jumped")

    async def run_once(self, now: datetime, *, waits: bool = False) -> tuple[str, ...]:
        """Run every sweep as of ``now``; returns the names of those that are stopped.

        A sweep that another process runs just now is left to it, or with ``waits`` run after it.

        Raises:
            ExceptionGroup: what single sweeps raised, after all had their turn.

        """
        stopped: list[str] = []
        errors: list[Exception] = []
        for sweep in self._sweeps.all:
            try:
                if not await self._run_one(sweep, now, waits=waits):
                    stopped.append(sweep.name)
            except Exception as error:
                await self._note_failure(sweep, now, error)
                errors.append(error)
        self._metrics.stopped.set(len(stopped))
        if errors:
            raise ExceptionGroup("sweeps failed", errors)
        return tuple(stopped)

    async def _run_one(self, sweep: Sweep, now: datetime, *, waits: bool) -> bool:
        async with self._pool.transaction() as connection:
            if waits:
                await connection.execute("select pg_advisory_xact_lock($1)", LOCK)
            elif not await connection.fetchval("select pg_try_advisory_xact_lock($1)", LOCK):
                return True
            if await brakes.is_stopped(connection, sweep.name):
                return False
            if await self._reaches_too_far(connection, sweep, now):
                return False
            await sweep.run(connection, now, Cause.new())
            await brakes.note_success(connection, sweep.name, now)
            return True

    async def _reaches_too_far(self, connection: Connection, sweep: Sweep, now: datetime) -> bool:
        confirmed = await brakes.use_up_confirmation(connection, sweep.name)
        if sweep.reach is None or confirmed:
            return False
        reach = await sweep.reach(connection, now)
        if not reach.is_suspicious:
            return False
        why = f"would touch {reach.due} of {reach.live} rows"
        await brakes.stop(connection, sweep.name, now, why=why)
        log.error("sweep_stopped", sweep=sweep.name, why=why, remedy="sweep --confirm")
        return True

    async def _note_failure(self, sweep: Sweep, now: datetime, error: Exception) -> None:
        """For `doctor`; where the database is away, the log has to do."""
        why = type(error).__name__
        self._metrics.failures.labels(sweep=sweep.name).inc()
        log.error("sweep_failed", sweep=sweep.name, error=why)
        try:
            async with self._pool.transaction() as connection:
                await brakes.note_failure(connection, sweep.name, now, why=why)
        except Exception as also:
            log.warning("sweep_failure_not_noted", sweep=sweep.name, error=type(also).__name__)
