"""What a service is made of, and its running whole: pools, consumer, relay, sweeps, web."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from chassis import state_watch
from chassis.consumers import Consumers
from chassis.database import CONSUMER_TRANSACTION_SECONDS, Pool
from chassis.delivery import Delivery
from chassis.event import topics_of
from chassis.finding import Check, Finding
from chassis.metrics import ConsumerMetrics, RelayMetrics, SweepMetrics
from chassis.outbox import Outbox
from chassis.relay import Relay
from chassis.republish import Owned
from chassis.restoring import OnRestore
from chassis.settings import ServiceSettings
from chassis.state_watch import StateWatch
from chassis.subscriber import Subscriber
from chassis.sweeps import Clock, Sweeper, Sweeps, utc_now
from chassis.workers import Worker

log = structlog.get_logger(__name__)

STOP_SECONDS = 12.0
"""With HTTP's 5 before and the pools' after, a service ends within 20 seconds."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """What the parts of a running service share."""

    settings: Any
    pool: Pool
    clock: Clock = utc_now
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service as its ``app.py`` composes it; the chassis runs it.

    ``web`` builds the HTTP side around the runtime, ``workers`` are background loops,
    ``owned`` gives the current state of what the service owns, to say it again, and
    ``on_restore`` does what its own tables need after a restore.
    ``topic_file`` declares its topics and ``checks`` are its own, for ``doctor``; ``notes`` stand
    at ``/health/ready`` and tell, at once and from memory, what it works without.
    """

    name: str
    settings: type[ServiceSettings]
    migrations: Path
    outbox: Outbox
    consumers: Consumers
    sweeps: Sweeps
    web: Callable[[Runtime], FastAPI]
    owned: Owned = field(default_factory=dict)
    workers: tuple[Callable[[Runtime], Worker], ...] = ()
    on_start: Callable[[Runtime], Awaitable[None]] | None = None
    on_restore: OnRestore | None = None
    topic_file: Path | None = None
    checks: tuple[Check, ...] = ()
    notes: Callable[[Runtime], Sequence[Finding]] | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic this service writes or reads."""
        return topics_of((*self.outbox.publishes, *self.consumers.classes))

    def runtime(self, settings: ServiceSettings) -> Runtime:
        return Runtime(settings=settings, pool=Pool(settings.database_url, application=self.name))

    @asynccontextmanager
    async def running(self, runtime: Runtime) -> AsyncIterator[None]:
        """Everything but HTTP, until the block ends; nothing here waits for a broker."""
        async with self._composed(runtime, self._parts):
            yield

    @asynccontextmanager
    async def only_reading(self, runtime: Runtime) -> AsyncIterator[None]:
        """Publish what waits and handle what comes, until the block ends; nothing else is done."""
        async with self._composed(runtime, self._carriers):
            yield

    @asynccontextmanager
    async def _composed(
        self, runtime: Runtime, parts: Callable[[Runtime, Pool], Sequence[Any]]
    ) -> AsyncIterator[None]:
        consumer_pool = Pool(
            runtime.settings.database_url,
            application=f"{self.name}-consumer",
            transaction_seconds=CONSUMER_TRANSACTION_SECONDS,
            size=3,
        )
        async with AsyncExitStack() as stack:
            for pool in (runtime.pool, consumer_pool):
                await pool.open()
                stack.push_async_callback(pool.close)
            if self.on_start is not None:
                await self.on_start(runtime)
            await stack.enter_async_context(_together(parts(runtime, consumer_pool)))
            yield

    def _parts(self, runtime: Runtime, consumer_pool: Pool) -> list[Any]:
        watching = [self._state_watch(runtime)] if self.owned else []
        return [
            *self._carriers(runtime, consumer_pool),
            self._sweeper(runtime),
            *watching,
            *(worker(runtime) for worker in self.workers),
        ]

    def _carriers(self, runtime: Runtime, consumer_pool: Pool) -> list[Any]:
        carriers: list[Any] = [self._relay(runtime)]
        if self.consumers.classes:
            carriers.append(self._subscriber(runtime, consumer_pool))
        return carriers

    def _relay(self, runtime: Runtime) -> Relay:
        settings = runtime.settings
        return Relay(
            name=self.name,
            database_url=settings.database_url,
            bootstrap_servers=settings.kafka_bootstrap,
            source=f"{settings.cluster_uri}/{self.name}",
            schemas_url=settings.schemas_url,
            publishes=self.outbox.publishes,
            metrics=RelayMetrics(runtime.registry),
        )

    def _sweeper(self, runtime: Runtime) -> Sweeper:
        return Sweeper(
            self.sweeps,
            pool=runtime.pool,
            clock=runtime.clock,
            every_seconds=runtime.settings.sweep_seconds,
            metrics=SweepMetrics(runtime.registry),
        )

    def _state_watch(self, runtime: Runtime) -> Worker:
        watch = StateWatch(
            self.outbox,
            self.owned,
            database_url=runtime.settings.database_url,
            bootstrap_servers=runtime.settings.kafka_bootstrap,
            clock=runtime.clock,
        )
        return Worker(state_watch.NAME, watch.turn, idle_seconds=state_watch.IDLE_SECONDS)

    def _subscriber(self, runtime: Runtime, pool: Pool) -> Subscriber:
        metrics = ConsumerMetrics(runtime.registry)
        return Subscriber(
            runtime.settings.kafka_bootstrap,
            group=self.name,
            topics=self.consumers.topics,
            delivery=Delivery(self.name, consumers=self.consumers, pool=pool, metrics=metrics),
            pool=pool,
            metrics=metrics,
        )


@asynccontextmanager
async def _together(parts: Sequence[Any]) -> AsyncIterator[None]:
    """Start one after the other, stop all at once; what does not end in time is left behind."""
    started = [AsyncExitStack() for _ in parts]
    try:
        for stack, part in zip(started, parts, strict=True):
            await stack.enter_async_context(part.running())
        yield
    finally:
        ending = {asyncio.create_task(stack.aclose()) for stack in started}
        _, late = await asyncio.wait(ending, timeout=STOP_SECONDS)
        for task in late:
            log.warning("part_left_behind")
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
