"""Where a state topic and its owner's tables differ, the tables are said again; they are right.

Only a topic that is ahead of them is left alone: then the tables are what lost something.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from chassis.envelope import Gone
from chassis.event import Event
from chassis.outbox import Outbox
from chassis.republish import Owned, chunks, hold_back_writers
from chassis.topic_states import LastWord, LastWords

Words = Mapping[UUID, LastWord]
Place = tuple[str, str]
"""A topic and a key on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How many states were said again, buried, or left alone as older than their topic."""

    said: int
    buried: int
    behind: int


async def republish_differences(
    connection: Connection,
    outbox: Outbox,
    owned: Owned,
    words: LastWords,
    *,
    read_since: datetime,
    now: datetime,
    cause: Cause,
) -> Differences:
    """Compare with topics that were read from ``read_since`` on; what changed since is on its way.

    Opens no transaction: it compares what its caller's one shows.
    """
    await hold_back_writers(connection)
    moving = await _on_their_way(connection, read_since)
    said = buried = behind = 0
    for state, current in owned.items():
        still = _Comparison(words=words[state], moving=moving)
        async for chunk in chunks(current(connection)):
            late = [event for event in chunk if still.is_late(event)]
            await outbox.append_many(connection, late, cause=cause)
            said += len(late)
        unknown = still.unknown(state, now=now)
        for gone in unknown:
            await outbox.append_gone(connection, gone, cause=cause)
        buried += len(unknown)
        behind += still.behind
    return Differences(said=said, buried=buried, behind=behind)


class _Comparison:
    """One topic against the rows as they come."""

    def __init__(self, *, words: Words, moving: frozenset[Place]) -> None:
        self._words = words
        self._moving = moving
        self._met: set[UUID] = set()
        self.behind = 0

    def is_late(self, event: Event) -> bool:
        aggregate_id = event.aggregate_id()
        self._met.add(aggregate_id)
        if (event.topic, str(aggregate_id)) in self._moving:
            return False
        word = self._words.get(aggregate_id)
        if word is not None and word.revision > event.revision:
            self.behind += 1
            return False
        return word is None or word.is_gone or word.revision < event.revision

    def unknown(self, state: type[Event], *, now: datetime) -> list[Gone]:
        return [
            gone
            for gone in gone_of(self._words, state, met=self._met, now=now)
            if (state.topic, str(gone.id)) not in self._moving
        ]


def gone_of(words: Words, state: type[Event], *, met: Iterable[UUID], now: datetime) -> list[Gone]:
    """A tombstone above the last word for everything that is told of and is not there."""
    there = frozenset(met)
    return [
        Gone(state=state, id=aggregate_id, revision=revision_above(word.revision, now))
        for aggregate_id, word in words.items()
        if not word.is_gone and aggregate_id not in there
    ]


def revision_above(revision: int, now: datetime) -> int:
    return max(revision + 1, int(now.timestamp() * 1000))


async def _on_their_way(connection: Connection, read_since: datetime) -> frozenset[Place]:
    rows = await connection.fetch(
        "select distinct topic, key from outbox where role = 'state'"
        " and (published_at is null or published_at >= $1)",
        read_since,
    )
    return frozenset((row["topic"], row["key"]) for row in rows)
