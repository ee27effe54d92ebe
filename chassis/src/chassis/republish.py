"""Everything a service owns, said again: the first step after a broker or a database lost data."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from chassis.cause import Cause
from chassis.database import Connection
from chassis.envelope import Gone
from chassis.event import Event, by_name
from chassis.outbox import Outbox

CHUNK_EVENTS = 500

CurrentStates = Callable[[Connection], AsyncIterator[Event]]
"""Every current row of one kind of aggregate that a service owns, as state events."""

Owned = Mapping[type[Event], CurrentStates]
"""The states a service owns; each class is complete, whatever it does not give is gone."""


async def republish(connection: Connection, outbox: Outbox, owned: Owned, *, cause: Cause) -> int:
    """Append all current states and gravestones; readers ignore what they know already."""
    count = 0
    for current in owned.values():
        async with connection.transaction():
            await hold_back_writers(connection)
            count += await _states(connection, outbox, current(connection), cause=cause)
    return count + await _gravestones(connection, outbox, cause=cause)


async def hold_back_writers(connection: Connection) -> None:
    """A state read before a change and appended after it would be the last word on its topic."""
    await connection.execute("lock table outbox in share row exclusive mode")


async def _states(
    connection: Connection, outbox: Outbox, events: AsyncIterator[Event], *, cause: Cause
) -> int:
    count = 0
    async for chunk in chunks(events):
        await outbox.append_many(connection, chunk, cause=cause)
        count += len(chunk)
    return count


async def chunks(events: AsyncIterator[Event]) -> AsyncIterator[Sequence[Event]]:
    chunk: list[Event] = []
    async for event in events:
        chunk.append(event)
        if len(chunk) == CHUNK_EVENTS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _gravestones(connection: Connection, outbox: Outbox, *, cause: Cause) -> int:
    classes = by_name(outbox.publishes)
    async with connection.transaction():
        await hold_back_writers(connection)
        rows = await connection.fetch("select name, id, revision from gravestone order by name, id")
        for row in rows:
            gone = Gone(state=classes[row["name"]], id=row["id"], revision=row["revision"])
            await outbox.append_gone(connection, gone, cause=cause)
    return len(rows)
