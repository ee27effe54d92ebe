"""The rows of the outbox that wait: in order of ``seq``, none past a set-aside one of its key."""

import time
from collections.abc import Collection, Sequence

import structlog

from chassis.database import Connection, Row

log = structlog.get_logger(__name__)

ASK_AGAIN_SECONDS = 5.0

_DUE = """
    select seq, topic, key, headers, payload from outbox o
    where published_at is null and set_aside_at is null and topic <> all($2::text[])
    and not exists (
        select from outbox waiting
        where waiting.set_aside_at is not null and waiting.published_at is null
        and (waiting.topic, waiting.key) = (o.topic, o.key) and waiting.seq < o.seq)
    order by seq limit $1
"""
RELEASE = "update outbox set set_aside_at = null, error = null where set_aside_at is not null"
REPLAY_ALL = (
    "update outbox set published_at = null where role = 'fact' and payload is not null"
    " and published_at is not null"
)
REPLAY = f"{REPLAY_ALL} and created_at >= $1"


async def due(connection: Connection, *, but_not: Collection[str], limit: int) -> list[Row]:
    """What can be published now, leaving out the topics ``but_not``."""
    return await connection.fetch(_DUE, limit, list(but_not))


async def mark_published(connection: Connection, rows: Sequence[Row]) -> None:
    await connection.execute(
        "update outbox set published_at = clock_timestamp() where seq = any($1::bigint[])",
        [row["seq"] for row in rows],
    )


async def set_aside(connection: Connection, row: Row, *, why: str) -> None:
    """Those behind it with the same key wait without a mark of their own."""
    await connection.execute(
        "update outbox set set_aside_at = clock_timestamp(), error = $2 where seq = $1",
        row["seq"],
        why,
    )
    log.error("outbox_set_aside", topic=row["topic"], error=why, remedy="outbox status")


async def measure(connection: Connection) -> Row:
    """How many rows wait, how many of them are set aside, and since how many seconds."""
    return await connection.fetchrow(
        "select count(*) as pending, count(set_aside_at) as set_aside,"
        " coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float as oldest"
        " from outbox where published_at is null"
    )


async def by_topic(connection: Connection) -> list[Row]:
    """What waits on each topic, for whoever looks."""
    return await connection.fetch(
        "select topic, count(*) as pending, count(set_aside_at) as set_aside,"
        " min(created_at) as oldest, max(error) as error"
        " from outbox where published_at is null group by topic order by topic"
    )


class MissingTopics:
    """Topics whose rows wait; forgotten after some seconds, so that they are asked for again."""

    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()
        self._alarmed: frozenset[str] = frozenset()
        self._ask_again_at = 0.0

    @property
    def names(self) -> frozenset[str]:
        if time.monotonic() > self._ask_again_at:
            self._names = frozenset()
        return self._names

    def add(self, names: frozenset[str]) -> None:
        self._names |= names
        self._ask_again_at = time.monotonic() + ASK_AGAIN_SECONDS
        if names - self._alarmed:
            log.error("topics_missing", topics=sorted(names), remedy="python -m chassis provision")
        self._alarmed |= names
