"""A parked record handed to its handlers again, in one transaction."""

from chassis import parking
from chassis.consumers import Consumers
from chassis.database import Connection
from chassis.envelope import Undecodable, decode
from chassis.inbox import take_new
from chassis.metrics import ConsumerMetrics


async def replay_parked(
    connection: Connection, record_id: int, *, consumers: Consumers, metrics: ConsumerMetrics
) -> str:
    """What became of it, in words; a handler's error rolls everything back and is raised."""
    record = await parking.record_of(connection, record_id)
    if record is None:
        return f"No parked record {record_id}."
    try:
        decoded = decode(record, consumers.known)
    except Undecodable as error:
        return f"Still undecodable: {error}"
    new = [] if decoded is None else await take_new(connection, [decoded], metrics=metrics)
    for each in new:
        for handler in consumers.handlers:
            if handler.wants(each):
                await handler.call([each], connection)
    await parking.resolve(connection, record_id, resolution="replayed")
    return "Handled." if new else "Nothing to do: already handled, or nobody here knows it."
