"""From outbox to Kafka: at least once, in order per key, one relay active per database.

Each batch is one Kafka transaction under one transactional id, so that an abandoned producer
is fenced and no late duplicate lands behind a tombstone. A row that alone fails on a healthy
broker is set aside with an alarm, and only its key waits.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis import envelope
from chassis.database import Connection, single_connection
from chassis.event import Event
from chassis.metrics import RelayMetrics
from chassis.provisioning import missing_topics
from chassis.waiting import Backoff, pause

log = structlog.get_logger(__name__)

BATCH_ROWS = 500
SEND_SECONDS = 15.0
IDLE_SECONDS = 0.05
HEARTBEAT_SECONDS = 3600.0
MEASURE_SECONDS = 1.0
STAND_BY_SECONDS = 1.0
LOCK = 0x6F7574626F78
"""Advisory lock key: the bytes of "outbox"."""

_DUE = """
    select seq, topic, key, headers, payload from outbox o
    where published_at is null and set_aside_at is null and not exists (
        select from outbox waiting
        where waiting.set_aside_at is not null and waiting.published_at is null
        and (waiting.topic, waiting.key) = (o.topic, o.key) and waiting.seq < o.seq)
    order by seq limit $1
"""


class Relay:
    """Publishes the outbox of one database until its block ends."""

    def __init__(
        self,
        *,
        name: str,
        database_url: str,
        bootstrap_servers: str,
        source: str,
        schemas_url: str,
        publishes: Sequence[type[Event]],
        metrics: RelayMetrics,
    ) -> None:
        self._name = name
        self._database_url = database_url
        self._bootstrap_servers = bootstrap_servers
        self._source = source
        self._schemas_url = schemas_url
        self._state_topics = sorted({each.topic for each in publishes if each.role == "state"})
        self._metrics = metrics
        self._stopping = asyncio.Event()
        self._backoff = Backoff()
        self._failures = 0
        self._heartbeat_at = 0.0
        self._measure_at = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run(), name="relay")
        try:
            yield
        finally:
            self._stopping.set()
            await task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._lead()
            except Exception as error:
                log.warning("relay_failed", error=type(error).__name__)
                await pause(self._backoff.seconds(self._failures), self._stopping)
                self._failures += 1
            finally:
                self._metrics.active.set(0)

    async def _lead(self) -> None:
        """Take the lock, or stand by; then publish until something fails."""
        async with single_connection(
            self._database_url, application=f"{self._name}-relay"
        ) as connection:
            if not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
                await pause(STAND_BY_SECONDS, self._stopping)
                return
            async with self._producer() as producer:
                self._metrics.active.set(1)
                while not self._stopping.is_set():
                    await self._turn(connection, producer)

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[Any]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            client_id=f"{self._name}-relay",
            transactional_id=f"{self._name}-relay",
            enable_idempotence=True,
            acks="all",
            linger_ms=5,
        )
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await producer.start()
            yield producer
        finally:
            # stop() waits for records that can never be delivered; a new producer fences them.
            try:
                async with asyncio.timeout(2):
                    await producer.stop()
            except (TimeoutError, KafkaError):
                log.warning("producer_abandoned")

    async def _turn(self, connection: Connection, producer: Any) -> None:
        await self._heartbeat(producer)
        await self._measure(connection)
        rows = await connection.fetch(_DUE, BATCH_ROWS)
        if not rows:
            await pause(IDLE_SECONDS, self._stopping)
            return
        try:
            await self._publish(producer, rows)
        except (KafkaError, TimeoutError) as error:
            await self._set_aside_guilty(connection, rows, error)
            raise
        await self._mark(connection, rows)
        self._failures = 0

    async def _publish(self, producer: Any, rows: Sequence[Any]) -> None:
        """One Kafka transaction; ``send`` hangs for ever on a missing topic, hence the limit.

        Nothing aborts it on failure, since that could hang as well: the next producer's start
        fences this one, and the broker aborts what it left open.
        """
        async with asyncio.timeout(SEND_SECONDS):
            await producer.begin_transaction()
            await asyncio.gather(*[await self._send(producer, row) for row in rows])
            await producer.commit_transaction()

    async def _send(self, producer: Any, row: Any) -> Any:
        headers = json.loads(row["headers"])
        headers |= envelope.origin_headers(self._source, self._schemas_url, headers["ce_type"])
        return await producer.send(
            row["topic"],
            key=row["key"].encode(),
            value=row["payload"],
            headers=[(name, value.encode()) for name, value in headers.items()],
        )

    async def _mark(self, connection: Connection, rows: Sequence[Any]) -> None:
        await connection.execute(
            "update outbox set published_at = clock_timestamp() where seq = any($1::bigint[])",
            [row["seq"] for row in rows],
        )
        self._metrics.published.inc(len(rows))

    async def _set_aside_guilty(
        self, connection: Connection, rows: Sequence[Any], error: Exception
    ) -> None:
        """Find the rows that fail by themselves; where the broker is ill, none does."""
        missing = await missing_topics(self._bootstrap_servers, {row["topic"] for row in rows})
        guilty = [row for row in rows if row["topic"] in missing]
        if guilty:
            await self._set_aside(connection, guilty, "its topic does not exist")
        elif _is_final(error) and len(rows) == 1:
            await self._set_aside(connection, rows, type(error).__name__)
        elif _is_final(error):
            await self._try_singly(connection, rows)

    async def _try_singly(self, connection: Connection, rows: Sequence[Any]) -> None:
        for row in rows:
            try:
                async with self._producer() as producer:
                    await self._publish(producer, [row])
            except KafkaError as error:
                if not _is_final(error):
                    raise
                await self._set_aside(connection, [row], type(error).__name__)
                return
            await self._mark(connection, [row])

    async def _set_aside(self, connection: Connection, rows: Sequence[Any], why: str) -> None:
        """Only the first row of each key; those behind it wait without a mark of their own."""
        first = {(row["topic"], row["key"]): row for row in reversed(rows)}
        await connection.execute(
            "update outbox set set_aside_at = clock_timestamp(), error = $2"
            " where seq = any($1::bigint[])",
            [row["seq"] for row in first.values()],
            why,
        )
        log.error("outbox_set_aside", rows=len(first), error=why, remedy="outbox status")

    async def _heartbeat(self, producer: Any) -> None:
        """Keep the segments of state topics rolling, so that deleted records really go."""
        if not self._state_topics or time.monotonic() < self._heartbeat_at:
            return
        now = datetime.now(UTC)
        async with asyncio.timeout(SEND_SECONDS):
            await producer.begin_transaction()
            for topic in self._state_topics:
                for partition in await producer.partitions_for(topic):
                    headers = envelope.heartbeat_headers(self._source, partition=partition, now=now)
                    await producer.send(
                        topic,
                        key=headers["ce_subject"].encode(),
                        value=b"{}",
                        partition=partition,
                        headers=[(name, value.encode()) for name, value in headers.items()],
                    )
            await producer.commit_transaction()
        self._heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS

    async def _measure(self, connection: Connection) -> None:
        if time.monotonic() < self._measure_at:
            return
        self._measure_at = time.monotonic() + MEASURE_SECONDS
        row: Any = await connection.fetchrow(
            "select count(*) as pending, count(set_aside_at) as set_aside,"
            " coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0) as oldest"
            " from outbox where published_at is null"
        )
        self._metrics.pending.set(row["pending"])
        self._metrics.set_aside.set(row["set_aside"])
        self._metrics.oldest.set(float(row["oldest"]))


def _is_final(error: Exception) -> bool:
    """Whether Kafka says that trying the same again cannot help."""
    return isinstance(error, KafkaError) and not error.retriable
