"""The one FastStream batch subscriber of a service, and how it asks for a batch again.

FastStream's own parser and decoder read every header of a batch and lose the whole batch to one
null header; ours touch none. Its message class commits nothing unless it is the ackable one.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import structlog
from aiokafka import TopicPartition
from faststream import AckPolicy
from faststream.exceptions import NackMessage
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage as InjectedMessage
from faststream.kafka.message import KafkaAckableMessage, KafkaMessage

from chassis.database import Pool
from chassis.delivery import ConsumerStopped, Delivery, TransientFailure
from chassis.metrics import ConsumerMetrics
from chassis.waiting import Backoff, pause

log = structlog.get_logger(__name__)

BATCH_RECORDS = 500
BATCH_WAIT_MS = 50
ALARM_SECONDS = 60.0
MAX_POLL_INTERVAL_MS = 15 * 60 * 1000
STOPPED_POLL_SECONDS = 5.0


class Subscriber:
    """Reads a service's topics; its offsets are committed after its transactions."""

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        group: str,
        topics: tuple[str, ...],
        delivery: Delivery,
        pool: Pool,
        metrics: ConsumerMetrics,
    ) -> None:
        self._delivery = delivery
        self._pool = pool
        self._metrics = metrics
        self._topics = topics
        self._stopping = asyncio.Event()
        self._turn = asyncio.Lock()
        self._backoff = Backoff()
        self._failures = 0
        self._failing_since: float | None = None
        self._broker = KafkaBroker(
            bootstrap_servers,
            allow_auto_create_topics=False,
            consumer_only=True,
            logger=None,
            graceful_timeout=15.0,
            client_id=group,
        )
        self._subscriber: Any = self._broker.subscriber(
            *topics,
            batch=True,
            group_id=group,
            max_records=BATCH_RECORDS,
            batch_timeout_ms=BATCH_WAIT_MS,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
            no_reply=True,
            parser=self._parsed,
            decoder=_undecoded,
        )
        self._subscriber(self._on_batch)

    async def _parsed(self, records: tuple[Any, ...]) -> KafkaMessage:
        return KafkaAckableMessage(
            body=b"",
            raw_message=records,
            consumer=self._subscriber.consumer,
            message_id=f"{records[0].topic}-{records[0].partition}-{records[0].offset}",
        )

    async def _on_batch(self, message: InjectedMessage) -> None:
        records: Any = message.raw_message
        self._metrics.oldest.set(max(0.0, time.time() - records[0].timestamp / 1000))
        async with self._turn:
            try:
                await self._delivery.handle(records)
            except ConsumerStopped as stopped:
                log.error("consumer_stopped", remedy="parked list, then parked resume")
                await pause(STOPPED_POLL_SECONDS, self._stopping)
                raise NackMessage from stopped
            except TransientFailure as failure:
                await self._wait_out(failure)
                raise NackMessage from failure
        self._failures, self._failing_since = 0, None
        self._metrics.blocked.set(0)

    async def _wait_out(self, failure: TransientFailure) -> None:
        now = time.monotonic()
        self._failing_since = self._failing_since or now
        blocked = now - self._failing_since
        self._metrics.blocked.set(blocked)
        say = log.error if blocked >= ALARM_SECONDS else log.warning
        say("consumer_blocked", seconds=round(blocked), error=str(failure))
        await pause(self._backoff.seconds(self._failures), self._stopping)
        self._failures += 1

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Consume until the block ends; waits for the broker as long as it takes."""
        task = asyncio.create_task(self._run(), name="subscriber")
        try:
            yield
        finally:
            self._stopping.set()
            await self._broker.stop()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        await self._start()
        while not self._stopping.is_set():
            try:
                await self._rewind_where_asked()
                self._measure_lag()
            except Exception as error:
                log.warning("consumer_watch_failed", error=type(error).__name__)
            await pause(1.0, self._stopping)

    async def _start(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                await self._broker.start()
            except Exception as error:
                log.warning("broker_unreachable", error=type(error).__name__)
                await self._broker.stop()
                await pause(self._backoff.seconds(failures), self._stopping)
                failures += 1
            else:
                log.info("consumer_started", topics=len(self._topics))
                return

    def _measure_lag(self) -> None:
        consumer = self._subscriber.consumer
        lag = 0
        for partition in consumer.assignment() if consumer else ():
            end, position = consumer.highwater(partition), _position(consumer, partition)
            lag += max(0, end - position) if end is not None and position is not None else 0
        self._metrics.lag.set(lag)

    async def _rewind_where_asked(self) -> None:
        consumer = self._subscriber.consumer
        mine = (
            {(each.topic, each.partition) for each in consumer.assignment()} if consumer else set()
        )
        async with self._turn, self._pool.transaction() as connection:
            rows = await connection.fetch(
                "select topic, partition from consumer_rewind for update skip locked"
            )
            asked = [(row["topic"], row["partition"]) for row in rows]
            for topic, partition in (each for each in asked if each in mine):
                await consumer.seek_to_beginning(TopicPartition(topic, partition))
                await connection.execute(
                    "delete from consumer_rewind where topic = $1 and partition = $2",
                    topic,
                    partition,
                )


async def _undecoded(_message: Any) -> bytes:
    return b""


def _position(consumer: Any, partition: TopicPartition) -> int | None:
    state = consumer._subscription.subscription.assignment.state_value(partition)  # noqa: SLF001
    return state.position if state is not None and state.has_valid_position else None
