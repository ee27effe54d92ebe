"""Whether the clock can be believed: it is held against the database's and what that remembers."""

from datetime import datetime, timedelta

from chassis.database import Connection
from chassis.finding import Finding
from chassis.sweeps import Clock, utc_now

CLOCK_SECONDS = 2.0
START_CLOCK_SECONDS = 60.0
"""What keeps a migration; less is told by ``doctor`` and harms nothing."""

_MADE = "select min(applied) from _pogo_migration"


async def clock_findings(
    connection: Connection, *, at_most_seconds: float = CLOCK_SECONDS, clock: Clock = utc_now
) -> list[Finding]:
    """On the database's own machine both are one clock: then only its past can contradict it."""
    before = clock()
    database_now: datetime = await connection.fetchval("select clock_timestamp()")
    now = clock()
    off = seconds_off(database_now, between=(before, now))
    if off > at_most_seconds:
        return [_wrong(f"The clock is {off:.0f} s off the database's.")]
    made = await _made(connection)
    if made is not None and now < made - timedelta(seconds=at_most_seconds):
        return [_wrong(f"The clock says {now:%Y-%m-%d}, before this database was made.")]
    return []


def seconds_off(moment: datetime, *, between: tuple[datetime, datetime]) -> float:
    """How far it lies outside: however long an answer took, that alone puts no clock wrong."""
    earliest, latest = between
    return max((earliest - moment).total_seconds(), (moment - latest).total_seconds(), 0.0)


def _wrong(sentence: str) -> Finding:
    remedy = "Check that every machine keeps its time: timedatectl status"
    return Finding(check="clock", wrong=sentence, remedy=remedy)


async def _made(connection: Connection) -> datetime | None:
    if not await connection.fetchval("select to_regclass('public._pogo_migration') is not null"):
        return None
    made: datetime | None = await connection.fetchval(_MADE)
    return made
