"""Records that cannot be handled: kept byte for byte, so that they hold up nothing else."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.database import Connection

STOP_AFTER = 100
"""So many records parked since the last success stop the consumer: a bug must not empty a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """A Kafka record as it was read; the shape of aiokafka's ``ConsumerRecord``."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    value: bytes | None


def _value_hash(value: bytes | None) -> bytes:
    return hashlib.sha256(b"\0" if value is None else b"\1" + value).digest()


def _encoded(headers: Sequence[tuple[str, bytes | None]]) -> str:
    pairs = [
        [name, None if value is None else base64.b64encode(value).decode()]
        for name, value in headers
    ]
    return json.dumps(pairs)


def _decoded(headers: str) -> tuple[tuple[str, bytes | None], ...]:
    return tuple(
        (name, None if value is None else base64.b64decode(value))
        for name, value in json.loads(headers)
    )


async def park(
    connection: Connection, record: Any, *, error: str, subjects: Sequence[UUID] = ()
) -> None:
    await connection.execute(
        'insert into parked_record (topic, partition, "offset", value_hash, "timestamp", key,'
        " headers, value, subjects, error)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
        record.topic,
        record.partition,
        record.offset,
        _value_hash(record.value),
        datetime.fromtimestamp(record.timestamp / 1000, UTC),
        record.key,
        _encoded(record.headers),
        record.value,
        list(subjects),
        error[:2000],
    )


async def already_parked(connection: Connection, records: Sequence[Any]) -> set[int]:
    """The positions in ``records`` of those that are parked already (a redelivery)."""
    rows = await connection.fetch(
        "select i.n, p.value_hash from parked_record p"
        " join unnest($1::int[], $2::text[], $3::int[],"
        ' $4::bigint[]) as i (n, topic, partition, "offset")'
        ' on (p.topic, p.partition, p."offset") = (i.topic, i.partition, i."offset")',
        list(range(len(records))),
        [record.topic for record in records],
        [record.partition for record in records],
        [record.offset for record in records],
    )
    return {row["n"] for row in rows if row["value_hash"] == _value_hash(records[row["n"]].value)}


async def parked_since_success(connection: Connection, name: str) -> int:
    """How many were parked in a row; locks the gate until the transaction ends."""
    count = await connection.fetchval(
        "insert into consumer_gate (name) values ($1)"
        " on conflict (name) do update set name = excluded.name returning parked_since_success",
        name,
    )
    return int(count)


async def count_parked(connection: Connection, name: str, *, parked: int) -> None:
    """Record the count; at the limit the gate closes."""
    await connection.execute(
        "insert into consumer_gate (name, parked_since_success, stopped_at)"
        " values ($1, $2, case when $2 >= $3 then clock_timestamp() end)"
        " on conflict (name) do update set parked_since_success = excluded.parked_since_success,"
        " stopped_at = coalesce(consumer_gate.stopped_at, excluded.stopped_at)",
        name,
        parked,
        STOP_AFTER,
    )


async def is_stopped(connection: Connection, name: str) -> bool:
    query = "select stopped_at is not null from consumer_gate where name = $1"
    return bool(await connection.fetchval(query, name))


async def resume(connection: Connection, name: str) -> bool:
    """Open the gate again; whether it was closed."""
    row = await connection.fetchrow(
        "update consumer_gate set stopped_at = null, parked_since_success = 0"
        " where name = $1 and stopped_at is not null returning name",
        name,
    )
    return row is not None


async def open_records(connection: Connection, *, limit: int = 100) -> list[Any]:
    return await connection.fetch(
        'select id, topic, partition, "offset", error, parked_at from parked_record'
        " where resolved_at is null order by id limit $1",
        limit,
    )


async def record_of(connection: Connection, record_id: int) -> RawRecord | None:
    """An unresolved parked record, locked, as it was read from Kafka."""
    row = await connection.fetchrow(
        "select * from parked_record where id = $1 and resolved_at is null for update", record_id
    )
    if row is None:
        return None
    return RawRecord(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        timestamp=int(row["timestamp"].timestamp() * 1000),
        key=row["key"],
        headers=_decoded(row["headers"]),
        value=row["value"],
    )


async def resolve(connection: Connection, record_id: int, *, resolution: str) -> bool:
    row = await connection.fetchrow(
        "update parked_record set resolved_at = clock_timestamp(), resolution = $2"
        " where id = $1 and resolved_at is null returning id",
        record_id,
        resolution,
    )
    return row is not None
