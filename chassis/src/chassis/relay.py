"""From outbox to Kafka: at least once, in order per key, one relay active per database.

A row that Kafka refuses is set aside with an alarm and only its key waits; where a topic is
missing, only its rows wait. Everything else is the fault of the surroundings and tried for ever.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from chassis import backlog
from chassis.database import Connection, Row, lock_connection
from chassis.event import Event
from chassis.metrics import RelayMetrics
from chassis.publisher import REFUSED_RECORD, Origin, Publisher, publisher
from chassis.waiting import Backoff, pause
from chassis.workers import in_background

log = structlog.get_logger(__name__)

BATCH_ROWS = 500
IDLE_SECONDS = 0.05
HEARTBEAT_SECONDS = 3600.0
HEARTBEAT_RETRY_SECONDS = 60.0
MEASURE_SECONDS = 1.0
STAND_BY_SECONDS = 1.0
STOP_SECONDS = 5.0
LOCK = 0x6F7574626F78
"""Advisory lock key: the bytes of "outbox"."""


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
        self._origin = Origin(
            name=name, bootstrap_servers=bootstrap_servers, source=source, schemas_url=schemas_url
        )
        self._database_url = database_url
        self._state_topics = frozenset(each.topic for each in publishes if each.role == "state")
        self._metrics = metrics
        self._missing = backlog.MissingTopics()
        self._stopping = asyncio.Event()
        self._backoff = Backoff()
        self._failures = 0
        self._leads = False
        self._heartbeat_at = 0.0
        self._measure_at = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What a shutdown cuts off is published by the next relay, with the same ids."""
        async with in_background(
            self._run(), name="relay", stopping=self._stopping, stop_seconds=STOP_SECONDS
        ):
            yield

    async def _run(self) -> None:
        while not self._stopping.is_set():
            self._leads = False
            try:
                await self._lead()
            except Exception as error:
                log.warning("relay_failed", error=type(error).__name__)
                await pause(self._backoff.seconds(self._failures), self._stopping)
                self._failures += 1
            finally:
                self._metrics.active.set(0)
                # What a leader said lasts until its next turn: a 0 between two would hush an alert.
                if not self._leads:
                    self._metrics.forget_outbox()

    async def _lead(self) -> None:
        """Take the lock, or stand by; then publish until something fails."""
        async with lock_connection(
            self._database_url, application=f"{self._origin.name}-relay"
        ) as connection:
            if not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
                await pause(STAND_BY_SECONDS, self._stopping)
                return
            self._leads = True
            # Also while Kafka is away and no publisher ever starts.
            await self._measure(connection)
            async with publisher(self._origin) as kafka:
                self._metrics.active.set(1)
                while not self._stopping.is_set():
                    await self._turn(connection, kafka)

    async def _turn(self, connection: Connection, kafka: Publisher) -> None:
        await self._measure(connection)
        rows = await self._due(connection, kafka)
        if rows:
            await self._publish(connection, kafka, rows)
        else:
            await pause(IDLE_SECONDS, self._stopping)
        self._failures = 0
        await self._heartbeat(kafka)

    async def _due(self, connection: Connection, kafka: Publisher) -> list[Row]:
        rows = await backlog.due(connection, but_not=self._missing.names, limit=BATCH_ROWS)
        missing = await kafka.missing(row["topic"] for row in rows)
        if missing:
            self._missing.add(missing)
        return [row for row in rows if row["topic"] not in missing]

    async def _publish(self, connection: Connection, kafka: Publisher, rows: Sequence[Row]) -> None:
        try:
            await kafka.publish(rows)
        except REFUSED_RECORD:
            await self._isolate(connection, rows)
            raise
        await self._mark(connection, rows)

    async def _mark(self, connection: Connection, rows: Sequence[Row]) -> None:
        await backlog.mark_published(connection, rows)
        self._metrics.published.inc(len(rows))

    async def _isolate(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Halve the batch down to the row that is refused alone, and set that one aside."""
        while len(rows) > 1:
            half = rows[: len(rows) // 2]
            refused = await self._refusal(connection, half)
            rows = half if refused else rows[len(half) :]
        refusal = await self._refusal(connection, rows)
        if refusal:
            await backlog.set_aside(connection, rows[0], why=refusal)
        self._failures = 0

    async def _refusal(self, connection: Connection, rows: Sequence[Row]) -> str | None:
        """Publish with a producer of their own, since an error spoils it; or why they are not."""
        try:
            async with publisher(self._origin) as kafka:
                await kafka.publish(rows)
        except REFUSED_RECORD as error:
            return type(error).__name__
        await self._mark(connection, rows)
        return None

    async def _heartbeat(self, kafka: Publisher) -> None:
        """Keep the segments of state topics rolling, so that deleted records really go."""
        if time.monotonic() < self._heartbeat_at:
            return
        # A heartbeat that fails ends this producer; without a pause it would starve the rows.
        self._heartbeat_at = time.monotonic() + HEARTBEAT_RETRY_SECONDS
        missing = await kafka.missing(self._state_topics)
        await kafka.heartbeat(sorted(self._state_topics - missing))
        if not missing:
            self._heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS

    async def _measure(self, connection: Connection) -> None:
        if time.monotonic() < self._measure_at:
            return
        self._measure_at = time.monotonic() + MEASURE_SECONDS
        row = await backlog.measure(connection)
        self._metrics.pending.set(row["pending"])
        self._metrics.set_aside.set(row["set_aside"])
        self._metrics.oldest.set(row["oldest"])
