"""Everything a service owns, said again: the first step after a broker lost data."""

from collections.abc import AsyncIterator, Callable, Sequence

from chassis.cause import Cause
from chassis.database import Connection
from chassis.envelope import Gone
from chassis.event import Event, by_name
from chassis.outbox import Outbox


async def republish(
    connection: Connection,
    outbox: Outbox,
    states: Sequence[Callable[[Connection], AsyncIterator[Event]]],
    *,
    cause: Cause,
) -> int:
    """Append all current states and gravestones; readers ignore what they know already."""
    count = 0
    for current in states:
        async with connection.transaction():
            async for event in current(connection):
                await outbox.append(connection, event, cause=cause)
                count += 1
    return count + await _gravestones(connection, outbox, cause=cause)


async def _gravestones(connection: Connection, outbox: Outbox, *, cause: Cause) -> int:
    classes = by_name(outbox.publishes)
    async with connection.transaction():
        rows = await connection.fetch("select name, id, revision from gravestone order by name, id")
        for row in rows:
            gone = Gone(state=classes[row["name"]], id=row["id"], revision=row["revision"])
            await outbox.append_gone(connection, gone, cause=cause)
    return len(rows)
