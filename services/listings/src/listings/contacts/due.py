"""Which contacts fall due: found by index and locked; the pure rule decides each of them again."""

from datetime import datetime

from chassis.database import Connection
from listings.contacts import storage
from listings.contacts.contact import NOTICE, REMINDED_AFTER, Contact

_OVERDUE = "status = 'requested' and lapses_at <= $1 and reminded_at <= $2"


async def unreminded(connection: Connection, now: datetime, *, limit: int) -> tuple[Contact, ...]:
    """Whose owners were not reminded yet and have had the request for days."""
    rows = await connection.fetch(
        f"{storage.SELECT} where status = 'requested' and reminded_at is null"
        " and requested_at <= $1 order by requested_at, id limit $2 for update skip locked",
        now - REMINDED_AFTER,
        limit,
    )
    return tuple(map(storage.contact_of, rows))


async def overdue(connection: Connection, now: datetime, *, limit: int) -> tuple[Contact, ...]:
    """Which nobody answered in spite of a reminder."""
    rows = await connection.fetch(
        f"{storage.SELECT} where {_OVERDUE} order by lapses_at, id limit $3 for update skip locked",
        now,
        now - NOTICE,
        limit,
    )
    return tuple(map(storage.contact_of, rows))


async def count_overdue(connection: Connection, now: datetime) -> int:
    count: int = await connection.fetchval(
        f"select count(*) from contact where {_OVERDUE}", now, now - NOTICE
    )
    return count
