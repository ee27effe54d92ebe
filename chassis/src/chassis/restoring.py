"""After a restore: what a database forgot is asked of Kafka, and what it knows is said again.

The service must not run. Everything may be repeated: it ends the same.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import backlog
from chassis.cause import Cause
from chassis.convergence import gone_of, revision_above
from chassis.database import Connection
from chassis.event import Event
from chassis.outbox import Outbox
from chassis.republish import Owned, republish
from chassis.topic_states import LastWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """The database is as it was at ``restored_to``; it forgot everything up to ``restored_at``.

    ``words`` is what the service's state topics remember of it all.
    """

    restored_to: datetime
    restored_at: datetime
    words: LastWords

    @property
    def least_revision(self) -> int:
        """Above everything that the topics ever said."""
        told = [word.revision for each in self.words.values() for word in each.values()]
        return revision_above(max(told, default=0), self.restored_at)

    def gone(self, state: type[Event]) -> tuple[UUID, ...]:
        """What is gone, as far as its topic still knows it: tombstones stay for weeks."""
        words = self.words.get(state, {})
        return tuple(aggregate_id for aggregate_id, word in words.items() if word.is_gone)


OnRestore = Callable[[Connection, Restoration], Awaitable[None]]
"""What a service does with its own tables; it lifts the revisions of what it owns."""


async def settle(
    connection: Connection,
    outbox: Outbox,
    owned: Owned,
    restoration: Restoration,
    *,
    on_restore: OnRestore | None,
) -> int:
    """Say all states again above their topics, bury what is gone; how many records that are.

    Facts are published again as well: the broker may have lost them, and readers know their ids.
    """
    cause, now = Cause.new(), restoration.restored_at
    await connection.execute(
        "insert into restoration (restored_to, restored_at) values ($1, $2)",
        restoration.restored_to,
        now,
    )
    if on_restore is not None:
        await on_restore(connection, restoration)
    said = await republish(connection, outbox, owned, cause=cause)
    for state, current in owned.items():
        met = [event.aggregate_id() async for event in current(connection)]
        for gone in gone_of(restoration.words[state], state, met=met, now=now):
            await outbox.append_gone(connection, gone, cause=cause)
            said += 1
    await connection.execute(backlog.REPLAY_ALL)
    return said
