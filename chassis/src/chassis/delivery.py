"""From a batch of raw records to one committed transaction: inbox, handlers, parking.

A batch is first handled together. Transient trouble is raised to the caller, who asks for the
batch again. Unexpected errors are tried a few times, then each record gets a savepoint and one
try, so that only the guilty one is parked. No transaction holds more than 60 s of work.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from chassis import parking
from chassis.consumers import Consumers
from chassis.database import Connection, Pool, is_transient
from chassis.envelope import Decoded, Gone, Undecodable, decode
from chassis.inbox import take_new
from chassis.metrics import ConsumerMetrics
from chassis.waiting import Backoff

log = structlog.get_logger(__name__)

BATCH_TRIES = 5
WORK_SECONDS = 60.0


class TransientFailure(Exception):
    """The surroundings failed, not a record: ask for the batch again."""


class ConsumerStopped(Exception):
    """Too many records were parked in a row; an operator must look and resume."""


class _Overrun(Exception):
    """The work between two commits took too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unreadable:
    """A record that could not be decoded, and why."""

    record: Any
    error: str


_Item = Decoded | _Unreadable


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
        items = self._items(records)
        if not items:
            return
        try:
            await self._handle(items)
        except Exception as error:
            if is_transient(error):
                raise TransientFailure(type(error).__name__) from error
            raise

    def _items(self, records: Sequence[Any]) -> list[_Item]:
        items: list[_Item] = []
        for record in records:
            try:
                decoded = decode(record, self._known)
            except Undecodable as error:
                items.append(_Unreadable(record=record, error=f"undecodable: {error}"))
                continue
            if decoded is None:
                self._metrics.ignored.inc()
            else:
                items.append(decoded)
        return items

    async def _handle(self, items: Sequence[_Item]) -> None:
        for attempt in range(BATCH_TRIES):
            try:
                await self._within_limit(self._together, items)
            except _Overrun:
                await self._halves(items)
            except Exception as error:
                if isinstance(error, ConsumerStopped | TransientFailure) or is_transient(error):
                    raise
                log.warning("batch_failed", attempt=attempt, error=type(error).__name__)
                await asyncio.sleep(self._backoff.seconds(attempt))
                continue
            return
        await self._singly(items)

    async def _singly(self, items: Sequence[_Item]) -> None:
        try:
            await self._within_limit(self._one_by_one, items)
        except _Overrun:
            await self._halves(items)

    async def _halves(self, items: Sequence[_Item]) -> None:
        """Two smaller transactions; a single record that needs more than all the time is parked."""
        if len(items) == 1:
            async with self._pool.transaction() as transaction:
                await self._park(transaction, items[0], f"needs more than {self._work_seconds} s")
                await self._count(transaction, [False])
            return
        middle = len(items) // 2
        await self._handle(items[:middle])
        await self._handle(items[middle:])

    async def _within_limit(self, work: Any, items: Sequence[_Item]) -> None:
        try:
            async with asyncio.timeout(self._work_seconds) as limit:
                async with self._pool.transaction() as transaction:
                    stopped = await self._gated(work, transaction, items)
        except TimeoutError as error:
            if limit.expired():
                raise _Overrun from error
            raise
        if stopped:
            raise ConsumerStopped(self._name)

    async def _gated(self, work: Any, transaction: Connection, items: Sequence[_Item]) -> bool:
        if await parking.is_stopped(transaction, self._name):
            return True
        parked = await parking.already_parked(transaction, [item.record for item in items])
        fresh = [item for position, item in enumerate(items) if position not in parked]
        return bool(await work(transaction, fresh))

    async def _together(self, transaction: Connection, items: Sequence[_Item]) -> bool:
        """All handlers in one go; the usual way."""
        new = await take_new(
            transaction,
            [item for item in items if isinstance(item, Decoded)],
            metrics=self._metrics,
        )
        for handler in self._handlers:
            wanted = [decoded for decoded in new if handler.wants(decoded)]
            if wanted:
                with self._metrics.handler_seconds.labels(handler.event_class.name).time():
                    await handler.call(wanted, transaction)
        if not any(isinstance(item, _Unreadable) for item in items):
            return await self._count(transaction, [True] * len(items))
        return await self._park_unreadable(transaction, items)

    async def _park_unreadable(self, transaction: Connection, items: Sequence[_Item]) -> bool:
        for item in items:
            if isinstance(item, _Unreadable):
                await self._park(transaction, item, item.error)
        return await self._count(transaction, [isinstance(item, Decoded) for item in items])

    async def _one_by_one(self, transaction: Connection, items: Sequence[_Item]) -> bool:
        """A savepoint and one try a record; stops in the middle when the gate closes."""
        parked = await parking.parked_since_success(transaction, self._name)
        for item in items:
            parked = 0 if await self._alone(transaction, item) else parked + 1
            if parked >= parking.STOP_AFTER:
                break
        await parking.count_parked(transaction, self._name, parked=parked)
        return parked >= parking.STOP_AFTER

    async def _alone(self, transaction: Connection, item: _Item) -> bool:
        if isinstance(item, _Unreadable):
            await self._park(transaction, item, item.error)
            return False
        try:
            async with transaction.transaction():
                for decoded in await take_new(transaction, [item], metrics=self._metrics):
                    await self._call_all(transaction, decoded)
        except Exception as error:
            if is_transient(error):
                raise
            await self._park(transaction, item, f"{type(error).__name__}: {error}")
            return False
        return True

    async def _call_all(self, transaction: Connection, decoded: Decoded) -> None:
        for handler in self._handlers:
            if handler.wants(decoded):
                await handler.call([decoded], transaction)

    async def _park(self, transaction: Connection, item: _Item, error: str) -> None:
        subjects: tuple[UUID, ...] = ()
        if isinstance(item, Decoded) and not isinstance(item.message, Gone):
            subjects = item.message.subjects()
        await parking.park(transaction, item.record, error=error, subjects=subjects)
        self._metrics.parked.inc()
        log.error(
            "record_parked",
            topic=item.record.topic,
            partition=item.record.partition,
            offset=item.record.offset,
        )

    async def _count(self, transaction: Connection, successes: Sequence[bool]) -> bool:
        """Count what was parked since the last success; whether the gate closed."""
        if all(successes):
            await transaction.execute(
                "update consumer_gate set parked_since_success = 0"
                " where name = $1 and parked_since_success > 0",
                self._name,
            )
            return False
        parked = await parking.parked_since_success(transaction, self._name)
        for success in successes:
            parked = 0 if success else parked + 1
        await parking.count_parked(transaction, self._name, parked=parked)
        return parked >= parking.STOP_AFTER
