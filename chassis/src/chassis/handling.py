"""What becomes of a batch inside one transaction: handled, or parked and counted at the gate.

The order of registration is the order of work; each handler gets its records in their own order.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from chassis import gate, parking
from chassis.consumers import Handler
from chassis.database import Connection, is_transient
from chassis.decoding import Decoded, Item, Unreadable
from chassis.envelope import Gone
from chassis.faults import fault_of
from chassis.inbox import take_new
from chassis.metrics import ConsumerMetrics


class Handling:
    """One batch in one transaction; when the gate is ``closed``, the rest is left as it is."""

    def __init__(
        self,
        transaction: Connection,
        name: str,
        *,
        handlers: Sequence[Handler],
        metrics: ConsumerMetrics,
    ) -> None:
        self.parked: list[Item] = []
        self.closed = False
        self._transaction = transaction
        self._name = name
        self._handlers = handlers
        self._metrics = metrics

    async def together(self, items: Iterable[Item]) -> None:
        """Readable records in one go, as far as no unreadable one stands between; the usual way."""
        readable: list[Decoded] = []
        for item in items:
            if isinstance(item, Decoded):
                readable.append(item)
                continue
            await self._hand_over(readable)
            readable = []
            await self._park(item, item.error)
            if self.closed:
                return
        await self._hand_over(readable)

    async def one_by_one(self, items: Iterable[Item]) -> None:
        """A savepoint and one try a record, so that only the guilty one is parked."""
        for item in items:
            if isinstance(item, Unreadable):
                await self._park(item, item.error)
            else:
                await self._alone(item)
            if self.closed:
                return

    async def park_endless(self, items: Iterable[Item]) -> None:
        for item in items:
            await self._park(item, "needs more time than there is between two commits")

    async def _hand_over(self, decoded: Sequence[Decoded]) -> None:
        new = await take_new(self._transaction, decoded, metrics=self._metrics)
        await self._call_handlers(new)
        if new:
            await gate.count_success(self._transaction, self._name)

    async def _call_handlers(self, decoded: Sequence[Decoded]) -> None:
        for handler in self._handlers:
            wanted = [each for each in decoded if handler.wants(each)]
            if wanted:
                with self._metrics.handler_seconds.labels(handler.event_class.name).time():
                    await handler.call(wanted, self._transaction)

    async def _alone(self, decoded: Decoded) -> None:
        try:
            async with self._transaction.transaction():
                await self._hand_over([decoded])
        except Exception as error:
            if is_transient(error):
                raise
            await self._park(decoded, fault_of(error))

    async def _park(self, item: Item, error: str) -> None:
        await parking.park(self._transaction, item.record, error=error, subjects=_subjects(item))
        self.closed = await gate.count_parked(self._transaction, self._name)
        self.parked.append(item)


def _subjects(item: Item) -> tuple[UUID, ...]:
    if isinstance(item, Unreadable) or isinstance(item.message, Gone):
        return ()
    return item.message.subjects()
