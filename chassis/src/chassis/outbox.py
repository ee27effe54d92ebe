"""The outbox: what is recorded with its cause, in the caller's transaction, is published later.

A command locks its aggregate's row before it appends, so that per key the order of ``seq`` is
the order of commits.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from chassis.envelope import Gone, headers_of, headers_of_gone
from chassis.event import Event

MAX_RECORD_BYTES = 200 * 1024
PRUNED_ROWS = 20_000


class UndeclaredEvent(LookupError):
    """The service did not declare that it publishes this event."""


class RecordTooLarge(ValueError):
    """The record would not fit onto its topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    event_class: type[Event]
    id: UUID
    key: UUID
    headers: dict[str, str]
    payload: bytes | None
    subjects: tuple[UUID, ...]

    @property
    def size(self) -> int:
        return len(self.payload or b"") + len(json.dumps(self.headers)) + len(str(self.key))

    def row(self) -> tuple[object, ...]:
        return (
            self.id,
            self.event_class.topic,
            str(self.key),
            json.dumps(self.headers),
            self.payload,
            self.event_class.role,
            self.event_class.personal,
            list(self.subjects),
        )


_INSERT = (
    "insert into outbox (id, topic, key, headers, payload, role, personal, subjects)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8)"
)


class Outbox:
    """What one service publishes; its ``append`` is the only way to say something."""

    def __init__(self, publishes: Iterable[type[Event]]) -> None:
        self.publishes = tuple(publishes)

    async def append(
        self, connection: Connection, event: Event, *, cause: Cause, purpose: str = ""
    ) -> UUID:
        """Record an event for publication with the caller's transaction; returns the event's id.

        ``purpose`` tells apart two events of one type about one aggregate with one cause.

        Raises:
            UndeclaredEvent: the event is not among ``publishes``.
            RecordTooLarge: key, headers and payload exceed 200 KiB.

        """
        record = self._checked(_record_of(event, cause=cause, purpose=purpose))
        await connection.execute(_INSERT, *record.row())
        if event.role == "state":
            await _remove_gravestones(connection, event.name, [(record.key, event.revision)])
        return record.id

    async def append_many(
        self, connection: Connection, events: Sequence[Event], *, cause: Cause
    ) -> None:
        """Like ``append`` for many events about different aggregates, in one round trip."""
        records = [self._checked(_record_of(event, cause=cause)) for event in events]
        await connection.executemany(_INSERT, [record.row() for record in records])
        states = [event for event in events if event.role == "state"]
        for name in dict.fromkeys(event.name for event in states):
            revived = [(each.aggregate_id(), each.revision) for each in states if each.name == name]
            await _remove_gravestones(connection, name, revived)

    async def append_gone(self, connection: Connection, gone: Gone, *, cause: Cause) -> None:
        """Record a tombstone, and keep its gravestone for a later republish."""
        event_id = cause.id_of(f"{gone.state.type()}.gone", gone.id, "")
        record = _Record(
            event_class=gone.state,
            id=event_id,
            key=gone.id,
            headers=headers_of_gone(gone, event_id=event_id, cause=cause),
            payload=None,
            subjects=(),
        )
        await connection.execute(_INSERT, *self._checked(record).row())
        await connection.execute(
            "insert into gravestone (name, id, revision) values ($1, $2, $3)"
            " on conflict (name, id) do update set revision = excluded.revision"
            " where gravestone.revision < excluded.revision",
            gone.state.name,
            gone.id,
            gone.revision,
        )

    def _checked(self, record: _Record) -> _Record:
        if record.event_class not in self.publishes:
            raise UndeclaredEvent(
                f"{record.event_class.type()} is not declared: add it to the outbox's publishes"
            )
        if record.size > MAX_RECORD_BYTES:
            raise RecordTooLarge(
                f"{record.event_class.type()}: {record.size} of {MAX_RECORD_BYTES} bytes"
            )
        return record


def _record_of(event: Event, *, cause: Cause, purpose: str = "") -> _Record:
    event_id = cause.id_of(event.type(), event.aggregate_id(), purpose)
    return _Record(
        event_class=type(event),
        id=event_id,
        key=event.aggregate_id(),
        headers=headers_of(event, event_id=event_id, cause=cause),
        payload=event.model_dump_json().encode(),
        subjects=event.subjects(),
    )


async def _remove_gravestones(
    connection: Connection, name: str, revived: Sequence[tuple[UUID, int]]
) -> None:
    await connection.execute(
        "delete from gravestone using unnest($2::uuid[], $3::bigint[]) as revived (id, revision)"
        " where gravestone.name = $1 and gravestone.id = revived.id"
        " and gravestone.revision < revived.revision",
        name,
        [aggregate_id for aggregate_id, _ in revived],
        [revision for _, revision in revived],
    )


async def blank(connection: Connection, subject: UUID) -> None:
    """Erase what stored events say about a subject; facts already published stay counted."""
    await connection.execute(
        "update outbox set payload = null, error = null,"
        " published_at = coalesce(published_at, clock_timestamp())"
        " where subjects @> array[$1]::uuid[] and payload is not null",
        subject,
    )
    await connection.execute(
        "update parked_record set value = null, key = null, headers = '[]', error = 'erased',"
        " resolved_at = coalesce(resolved_at, clock_timestamp()), resolution = 'discarded'"
        " where subjects @> array[$1]::uuid[]",
        subject,
    )


_PRUNE_PUBLISHED = (
    "delete from outbox where seq in (select seq from outbox where published_at <"
    " $1::timestamptz - case when personal then interval '3 days' else interval '14 days' end"
    " limit $2)"
)
_PRUNE_HANDLED = (
    "delete from inbox where (source, id) in (select source, id from inbox"
    " where handled_at < $1::timestamptz - interval '35 days' limit $2)"
)
_PRUNE_RESOLVED = (
    "delete from parked_record where id in (select id from parked_record"
    " where resolved_at < $1::timestamptz - interval '35 days' limit $2)"
)


async def prune(connection: Connection, *, now: datetime) -> None:
    """Forget what is published, 14 days later, personal events 3; what is done with, 35 later.

    That is what was handled, and parked records that somebody decided on; open ones stay.
    Some thousands a run: what piled up while sweeps were stopped must not outlast a transaction.
    """
    for statement in (_PRUNE_PUBLISHED, _PRUNE_HANDLED, _PRUNE_RESOLVED):
        await connection.execute(statement, now, PRUNED_ROWS)
