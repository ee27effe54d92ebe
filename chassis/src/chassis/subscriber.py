"""A service's consumer as it runs: started, watched, and made to wait where something fails."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import structlog
from faststream.exceptions import NackMessage

from chassis import gate
from chassis.database import Pool
from chassis.delivery import ConsumerStopped, Delivery
from chassis.fetching import broker_of, subscribe
from chassis.metrics import ConsumerMetrics
from chassis.positions import lag_of
from chassis.rewinding import rewind_where_asked
from chassis.waiting import Backoff, pause

log = structlog.get_logger(__name__)

ALARM_SECONDS = 60.0
STOPPED_POLL_SECONDS = 5.0
WATCH_SECONDS = 1.0


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
        self._group = group
        self._delivery = delivery
        self._pool = pool
        self._metrics = metrics
        self._topics = topics
        self._stopping = asyncio.Event()
        self._backoff = Backoff()
        self._failures = 0
        self._failing_since: float | None = None
        self._broker = broker_of(bootstrap_servers, client=group)
        self._subscriber = subscribe(self._broker, topics, group=group, take=self._take)

    async def _take(self, records: Sequence[Any]) -> None:
        self._metrics.oldest.set(max(0.0, time.time() - records[0].timestamp / 1000))
        try:
            await self._delivery.handle(records)
        except ConsumerStopped as stopped:
            log.error("consumer_stopped", remedy="parked list, then parked resume")
            await pause(STOPPED_POLL_SECONDS, self._stopping)
            raise NackMessage from stopped
        except Exception as error:
            await self._wait_out(error)
            raise NackMessage from error
        self._failures, self._failing_since = 0, None
        self._metrics.blocked.set(0)

    async def _wait_out(self, error: Exception) -> None:
        now = time.monotonic()
        self._failing_since = self._failing_since or now
        blocked = now - self._failing_since
        self._metrics.blocked.set(blocked)
        say = log.error if blocked >= ALARM_SECONDS else log.warning
        say("consumer_blocked", seconds=round(blocked), error=_name_of(error))
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
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._stop_broker()

    async def _run(self) -> None:
        await self._start()
        while not self._stopping.is_set():
            try:
                await self._watch()
            except Exception as error:
                log.warning("consumer_watch_failed", error=type(error).__name__)
            await pause(WATCH_SECONDS, self._stopping)

    async def _watch(self) -> None:
        consumer = self._subscriber.consumer
        self._metrics.lag.set(lag_of(consumer))
        await rewind_where_asked(consumer, self._pool)
        # Asked of the database: a replica without records would never hear that it was resumed.
        async with self._pool.connection() as connection:
            self._metrics.stopped.set(await gate.is_closed(connection, self._group))

    async def _start(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                await self._broker.start()
            except Exception as error:
                log.warning("broker_unreachable", error=type(error).__name__)
                await self._stop_broker()
                await pause(self._backoff.seconds(failures), self._stopping)
                failures += 1
            else:
                log.info("consumer_started", topics=len(self._topics))
                return

    async def _stop_broker(self) -> None:
        try:
            await self._broker.stop()
        except Exception as error:
            log.warning("broker_not_stopped", error=type(error).__name__)


def _name_of(error: Exception) -> str:
    """The class of what went wrong, behind our own word for it; its text may be personal."""
    return type(error.__cause__ or error).__name__
