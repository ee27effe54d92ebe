"""A parked record handed to its handlers again, in one transaction."""

from chassis import parking
from chassis.consumers import Consumers
from chassis.database import Connection
from chassis.decoding import Undecodable, decode
from chassis.inbox import take_new
from chassis.metrics import ConsumerMetrics


class StaysParked(Exception):
    """Why a record could not be handled this time either."""


async def replay_parked(
    connection: Connection, record_id: int, *, consumers: Consumers, metrics: ConsumerMetrics
) -> str:
    """What became of it, in words.

    Raises:
        StaysParked: roll the transaction back.

    """
    record = await parking.record_of(connection, record_id)
    if record is None:
        raise StaysParked(f"No parked record {record_id}. See: parked list")
    try:
        decoded = decode(record, consumers.known)
    except Undecodable as error:
        raise StaysParked(f"Still undecodable: {error}") from error
    new = [] if decoded is None else await take_new(connection, [decoded], metrics=metrics)
    try:
        for each in new:
            for handler in consumers.handlers:
                if handler.wants(each):
                    await handler.call([each], connection)
    except Exception as error:
        raise StaysParked(f"Failed again: {type(error).__name__}: {error}") from error
    await parking.resolve(connection, record_id, resolution="replayed")
    return "Handled." if new else "Nothing to do: already handled, or nobody here knows it."
