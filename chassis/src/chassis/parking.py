"""Records that cannot be handled: kept byte for byte, so that they hold up nothing else."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes
from uuid import UUID

from chassis.database import Connection

ERROR_LENGTH = 2000
LATEST_MS = 253_402_300_799_000
"""The last second of the year 9999."""


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
    """Names percent-encoded, values base64: PostgreSQL's JSON holds neither every byte nor NUL."""
    pairs = [
        [
            quote_from_bytes(name.encode(errors="surrogateescape")),
            None if value is None else base64.b64encode(value).decode(),
        ]
        for name, value in headers
    ]
    return json.dumps(pairs)


def _decoded(headers: str) -> tuple[tuple[str, bytes | None], ...]:
    return tuple(
        (
            unquote_to_bytes(name).decode(errors="surrogateescape"),
            None if value is None else base64.b64decode(value),
        )
        for name, value in json.loads(headers)
    )


def _storable(error: str) -> str:
    """An error text may quote anything; PostgreSQL's text holds neither NUL nor half a pair."""
    return error[:ERROR_LENGTH].encode(errors="backslashreplace").decode().replace("\0", "\\0")


def _moment(milliseconds: int) -> datetime:
    """A record's time as its writer gave it, which may lie outside every calendar."""
    return datetime.fromtimestamp(min(max(milliseconds, 0), LATEST_MS) / 1000, UTC)


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
        _moment(record.timestamp),
        record.key,
        _encoded(record.headers),
        record.value,
        list(subjects),
        _storable(error),
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
    """Decide on a record, and forget what it said: by its hash it is known if it comes again."""
    row = await connection.fetchrow(
        "update parked_record set resolved_at = clock_timestamp(), resolution = $2,"
        " value = null, key = null, headers = '[]', error = split_part(error, ':', 1)"
        " where id = $1 and resolved_at is null returning id",
        record_id,
        resolution,
    )
    return row is not None
