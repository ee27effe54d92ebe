"""Rate limits that hold across replicas: a sliding window a bucket, named by keyed hashes."""

import hmac
from datetime import UTC, datetime, timedelta

from chassis.database import Connection
from chassis.web.problem import Problem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Buckets:
    """Names buckets: the key keeps the address or number behind a hash from being guessed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def bucket(self, purpose: str, value: str) -> str:
        return hmac.digest(self._key, f"{purpose}\0{value}".encode(), "sha256").hex()


async def allow(
    connection: Connection, bucket: str, *, limit: int, per: timedelta, now: datetime
) -> bool:
    """Count one attempt and say whether it is within the limit.

    Refused attempts count too. Use a transaction of its own: a rolled back one counts nothing.
    """
    start = window_start(now, per)
    count: int = await connection.fetchval(
        "insert into rate_limit (bucket, window_start, count) values ($1, $2, 1)"
        " on conflict (bucket, window_start) do update set count = rate_limit.count + 1"
        " returning count",
        bucket,
        start,
    )
    before: int | None = await connection.fetchval(
        "select count from rate_limit where bucket = $1 and window_start = $2", bucket, start - per
    )
    return count + weighted(before or 0, now - start, per) <= limit


async def require_allowance(
    connection: Connection, bucket: str, *, limit: int, per: timedelta, now: datetime
) -> None:
    """Like `allow`, answering 429 with `Retry-After` when the limit is passed."""
    if not await allow(connection, bucket, limit=limit, per=per, now=now):
        raise too_many_attempts(per)


def too_many_attempts(per: timedelta) -> Problem:
    return Problem(429, headers={"Retry-After": str(max(1, int(per.total_seconds())))})


async def prune_windows(connection: Connection, *, before: datetime) -> None:
    await connection.execute("delete from rate_limit where window_start < $1", before)


def window_start(now: datetime, per: timedelta) -> datetime:
    return now - (now - EPOCH) % per


def weighted(count: int, elapsed: timedelta, per: timedelta) -> float:
    """The part of the window before that still lies inside the sliding one."""
    return count * (1 - elapsed / per)
