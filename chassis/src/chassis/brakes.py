"""The two brakes of sweeps: too far a reach, or a clock that jumped, stops until confirmed.

What stopped or failed stands in the table ``sweep``, where an operator and a restart find it.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.database import Connection, Pool

CLOCK_JUMP = timedelta(hours=6)
MANY_ROWS = 50
LARGE_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many rows a sweep would touch now, of how many live ones."""

    due: int
    live: int

    @property
    def is_suspicious(self) -> bool:
        return self.due > MANY_ROWS and self.due > LARGE_SHARE * self.live


ReachFunction = Callable[[Connection, datetime], Awaitable[Reach]]


class ClockWatch:
    """Compares the wall clock with one that nobody sets.

    That is this process's monotonic clock; after a start, when there is nothing to compare yet,
    the database's.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._last: tuple[datetime, float] | None = None

    async def jumped(self, now: datetime) -> bool:
        expected = await self._database_now() if self._last is None else _by_now(self._last)
        return now - expected > CLOCK_JUMP

    def accept(self, now: datetime) -> None:
        """Compare with this time from now on: a jump was dealt with, or there was none."""
        self._last = (now, time.monotonic())

    async def _database_now(self) -> datetime:
        async with self._pool.connection() as connection:
            answer: datetime = await connection.fetchval("select clock_timestamp()")
        return answer


def _by_now(last: tuple[datetime, float]) -> datetime:
    wall, monotonic = last
    return wall + timedelta(seconds=time.monotonic() - monotonic)


async def is_stopped(connection: Connection, name: str) -> bool:
    query = "select stopped_at is not null from sweep where name = $1"
    return bool(await connection.fetchval(query, name))


async def use_up_confirmation(connection: Connection, name: str) -> bool:
    """Whether an operator confirmed the coming run."""
    row = await connection.fetchrow(
        "update sweep set confirmed_at = null where name = $1 and confirmed_at is not null"
        " returning name",
        name,
    )
    return row is not None


async def stop(connection: Connection, name: str, now: datetime, *, why: str) -> None:
    await connection.execute(
        "insert into sweep (name, stopped_at, stop_reason) values ($1, $2, $3)"
        " on conflict (name) do update set stopped_at = excluded.stopped_at,"
        " stop_reason = excluded.stop_reason, confirmed_at = null",
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


async def note_success(connection: Connection, name: str, now: datetime) -> None:
    await connection.execute(
        "insert into sweep (name, last_run_at) values ($1, $2)"
        " on conflict (name) do update set last_run_at = excluded.last_run_at,"
        " failed_at = null, failure = null",
        name,
        now,
    )


async def note_failure(connection: Connection, name: str, now: datetime, *, why: str) -> None:
    await connection.execute(
        "insert into sweep (name, failed_at, failure) values ($1, $2, $3)"
        " on conflict (name) do update"
        " set failed_at = excluded.failed_at, failure = excluded.failure",
        name,
        now,
        why,
    )
