"""The gate of a consumer: too many records parked in a row close it until an operator opens it.

It is a row of the database, so that a restart and every replica find it as it was left. What is
delivered again counts neither way.
"""

from chassis.database import Connection

STOP_AFTER = 100
"""So many records parked since the last success: a bug must not empty a topic into the table."""


async def is_closed(connection: Connection, name: str) -> bool:
    query = "select stopped_at is not null from consumer_gate where name = $1"
    return bool(await connection.fetchval(query, name))


async def count_parked(connection: Connection, name: str) -> bool:
    """Count one more parked record; whether the gate is closed now."""
    closed = await connection.fetchval(
        "insert into consumer_gate as gate (name, parked_since_success) values ($1, 1)"
        " on conflict (name) do update"
        " set parked_since_success = gate.parked_since_success + 1,"
        " stopped_at = case when gate.parked_since_success + 1 >= $2"
        " then coalesce(gate.stopped_at, clock_timestamp()) else gate.stopped_at end"
        " returning stopped_at is not null",
        name,
        STOP_AFTER,
    )
    return bool(closed)


async def count_success(connection: Connection, name: str) -> None:
    await connection.execute(
        "update consumer_gate set parked_since_success = 0"
        " where name = $1 and parked_since_success > 0",
        name,
    )


async def resume(connection: Connection, name: str) -> bool:
    """Open the gate again; whether it was closed."""
    row = await connection.fetchrow(
        "update consumer_gate set stopped_at = null, parked_since_success = 0"
        " where name = $1 and stopped_at is not null returning name",
        name,
    )
    return row is not None
