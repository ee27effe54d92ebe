"""From a batch of raw records to committed transactions: how often, in which parts, how long.

A batch is first handled together. Transient trouble is raised to the caller, who asks for the
batch again. Unexpected errors are tried a few times, then each record is handled alone, so that
only the guilty one is parked. No transaction holds more than 60 s of work; a record that needs
more each time is parked as well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from chassis import gate, parking
from chassis.consumers import Consumers
from chassis.database import Connection, Pool, is_transient
from chassis.decoding import Item, read
from chassis.handling import Handling
from chassis.metrics import ConsumerMetrics
from chassis.waiting import Backoff

log = structlog.get_logger(__name__)

BATCH_TRIES = 5
OVERRUN_TRIES = 3
"""A handler without end overruns each time; a database that stalled is hoped to answer by then."""
WORK_SECONDS = 60.0

Way = Callable[[Handling, Sequence[Item]], Awaitable[None]]


class TransientFailure(Exception):
    """The surroundings failed, not a record: ask for the batch again."""


class ConsumerStopped(Exception):
    """Too many records were parked in a row; an operator must look and resume."""


class _Overrun(Exception):
    """The work between two commits took too long."""


class Delivery:
    """Hands records to a service's handlers, each once."""

    def __init__(
        self,
        name: str,
        *,
        consumers: Consumers,
        pool: Pool,
        metrics: ConsumerMetrics,
        work_seconds: float = WORK_SECONDS,
    ) -> None:
        self._name = name
        self._handlers = consumers.handlers
        self._known = consumers.known
        self._pool = pool
        self._metrics = metrics
        self._work_seconds = work_seconds
        self._backoff = Backoff(first_seconds=0.05, most_seconds=1)

    async def handle(self, records: Sequence[Any]) -> None:
        """Handle a batch; when this returns, its offset may be committed.

        Raises:
            TransientFailure: nothing of the last transaction happened; try again later.
            ConsumerStopped: the gate is closed; try again after ``parked resume``.

        """
        items = read(records, self._known, metrics=self._metrics)
        if not items:
            return
        try:
            await self._handle(items)
        except Exception as error:
            if is_transient(error):
                raise TransientFailure(type(error).__name__) from error
            raise

    async def _handle(self, items: Sequence[Item], *, overruns: int = 0) -> None:
        for attempt in range(BATCH_TRIES):
            try:
                await self._in_transaction(Handling.together, items)
            except _Overrun:
                await self._overrun(items, times=overruns + 1)
            except Exception as error:
                if isinstance(error, ConsumerStopped) or is_transient(error):
                    raise
                log.warning("batch_failed", attempt=attempt, error=type(error).__name__)
                await asyncio.sleep(self._backoff.seconds(attempt))
                continue
            return
        await self._each_alone(items, overruns=overruns)

    async def _each_alone(self, items: Sequence[Item], *, overruns: int) -> None:
        try:
            await self._in_transaction(Handling.one_by_one, items)
        except _Overrun:
            await self._overrun(items, times=overruns + 1)

    async def _overrun(self, items: Sequence[Item], *, times: int) -> None:
        """Two smaller batches; a single record again, until it is known to be the cause."""
        log.warning("batch_overran", records=len(items), times=times)
        if len(items) > 1:
            await self._in_halves(items)
        elif times < OVERRUN_TRIES:
            await self._handle(items, overruns=times)
        else:
            await self._in_transaction(Handling.park_endless, items)

    async def _in_halves(self, items: Sequence[Item]) -> None:
        middle = len(items) // 2
        await self._handle(items[:middle])
        await self._handle(items[middle:])

    async def _in_transaction(self, way: Way, items: Sequence[Item]) -> None:
        try:
            async with asyncio.timeout(self._work_seconds) as limit:
                async with self._pool.transaction() as transaction:
                    handling = await self._enter(transaction)
                    await way(handling, await _unparked(transaction, items))
        except TimeoutError as error:
            if limit.expired():
                raise _Overrun from error
            raise
        self._tell(handling)
        if handling.closed:
            raise ConsumerStopped(self._name)

    async def _enter(self, transaction: Connection) -> Handling:
        if await gate.is_closed(transaction, self._name):
            raise ConsumerStopped(self._name)
        return Handling(transaction, self._name, handlers=self._handlers, metrics=self._metrics)

    def _tell(self, handling: Handling) -> None:
        """Only what is committed is counted and logged."""
        self._metrics.parked.inc(len(handling.parked))
        for item in handling.parked:
            record = item.record
            log.error(
                "record_parked",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
            )


async def _unparked(transaction: Connection, items: Sequence[Item]) -> list[Item]:
    """Without those that were parked when the batch was delivered before."""
    parked = await parking.already_parked(transaction, [item.record for item in items])
    return [item for position, item in enumerate(items) if position not in parked]
