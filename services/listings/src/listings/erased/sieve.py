"""Which rows of a file name somebody who was erased: those are passed over, the others taken in."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from chassis.database import Connection
from listings.erased import storage
from listings.erased.traces import Name, Tracer

Row = TypeVar("Row")


async def without_erased(
    connection: Connection,
    rows: Sequence[Row],
    *,
    names: Callable[[Row], tuple[Name, ...]],
    tracer: Tracer,
) -> tuple[Row, ...]:
    """The rows that name nobody on the erasure list, in their order."""
    traces = tracer.traces({name for row in rows for name in names(row)})
    known = await storage.known_traces(connection, list(traces))
    erased = {traces[trace] for trace in known}
    return tuple(row for row in rows if erased.isdisjoint(names(row)))
