"""Outbox rows to Kafka: each batch is one transaction under the service's transactional id.

So an abandoned producer is fenced by the next one, and no late duplicate of its lands behind a
tombstone.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    CorruptRecordException,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)

from chassis import envelope
from chassis.database import Row

log = structlog.get_logger(__name__)

SEND_SECONDS = 15.0
STOP_SECONDS = 2.0

# A wrong clock (`InvalidTimestampError`) or a fenced producer is nothing that a row can do.
REFUSED_RECORD = (
    CorruptRecordException,
    InvalidTopicError,
    MessageSizeTooLargeError,
    PolicyViolationError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)
"""What Kafka says about a record, whatever the state of the broker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who publishes, and where."""

    name: str
    bootstrap_servers: str
    source: str
    schemas_url: str


class Publisher:
    """One producer, from its start to the first error; then a new one is made."""

    def __init__(self, producer: Any, origin: Origin) -> None:
        self._producer = producer
        self._origin = origin
        self._present: frozenset[str] = frozenset()

    async def publish(self, rows: Sequence[Row]) -> None:
        """All of them or none, in their order per key."""
        async with self._transaction():
            await asyncio.gather(*[await self._send(row) for row in rows])

    async def heartbeat(self, topics: Iterable[str]) -> None:
        """One record to each partition of topics that exist."""
        now = datetime.now(UTC)
        async with self._transaction():
            for topic in topics:
                for partition in await self._producer.partitions_for(topic):
                    await self._send_heartbeat(topic, partition, now)

    async def missing(self, topics: Iterable[str]) -> frozenset[str]:
        """Those that the cluster does not have: a record to one of them would never return."""
        wanted = frozenset(topics)
        if wanted - self._present:
            async with asyncio.timeout(SEND_SECONDS):
                metadata = await self._producer.client.fetch_all_metadata()
            self._present = frozenset(metadata.topics())
        return wanted - self._present

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        """Nothing aborts it on failure, since that could hang as well.

        The next producer's start fences this one, and the broker aborts what it left open.
        """
        async with asyncio.timeout(SEND_SECONDS):
            await self._producer.begin_transaction()
            yield
            await self._producer.commit_transaction()

    async def _send(self, row: Row) -> Any:
        origin = self._origin
        headers = json.loads(row["headers"])
        headers |= envelope.origin_headers(origin.source, origin.schemas_url, headers["ce_type"])
        return await self._producer.send(
            row["topic"],
            key=row["key"].encode(),
            value=row["payload"],
            headers=[(name, value.encode()) for name, value in headers.items()],
        )

    async def _send_heartbeat(self, topic: str, partition: int, now: datetime) -> None:
        headers = envelope.heartbeat_headers(self._origin.source, partition=partition, now=now)
        await self._producer.send(
            topic,
            key=headers["ce_subject"].encode(),
            value=b"{}",
            partition=partition,
            headers=[(name, value.encode()) for name, value in headers.items()],
        )


@asynccontextmanager
async def publisher(origin: Origin) -> AsyncIterator[Publisher]:
    """A publisher that fences every earlier one of the same name."""
    producer = AIOKafkaProducer(
        bootstrap_servers=origin.bootstrap_servers,
        client_id=f"{origin.name}-relay",
        transactional_id=f"{origin.name}-relay",
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
    )
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await producer.start()
        yield Publisher(producer, origin)
    finally:
        await _stop(producer)


async def _stop(producer: Any) -> None:
    """``stop()`` waits for records that can never be delivered; the next producer fences them."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer.stop()
    except (TimeoutError, KafkaError):
        log.warning("producer_abandoned")
