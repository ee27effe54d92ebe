"""Which listings fall due: found by index and locked; the pure rule decides each of them again."""

from datetime import datetime

from chassis.database import Connection
from listings.listing import storage
from listings.listing.freshness import DAY_BEFORE, NOTICE, SHORT_LIVED, WEEK_BEFORE
from listings.listing.listing import Listing

_LIVE = "status in ('published', 'paused')"
_OVERDUE = f"{_LIVE} and confirm_by <= $1 and asked_at <= $2"


async def to_be_asked(connection: Connection, now: datetime, *, limit: int) -> tuple[Listing, ...]:
    """Whose owners are to be asked now, the most urgent first."""
    rows = await connection.fetch(
        f"{storage.SELECT} where {_LIVE} and ("
        " (asked is null and confirm_by <= $1 and confirm_by - confirmed_at > $2)"
        " or (confirm_by <= $3 and (asked_at is null or asked_at < confirm_by - $4::interval)))"
        " order by confirm_by, id limit $5 for update skip locked",
        now + WEEK_BEFORE,
        SHORT_LIVED,
        now + DAY_BEFORE,
        DAY_BEFORE,
        limit,
    )
    return tuple(storage.listing_of(row) for row in rows)


async def overdue(connection: Connection, now: datetime, *, limit: int) -> tuple[Listing, ...]:
    """Which nobody confirmed in spite of a reminder."""
    rows = await connection.fetch(
        f"{storage.SELECT} where {_OVERDUE} order by confirm_by, id limit $3"
        " for update skip locked",
        now,
        now - NOTICE,
        limit,
    )
    return tuple(storage.listing_of(row) for row in rows)


async def count_overdue(connection: Connection, now: datetime) -> int:
    count: int = await connection.fetchval(
        f"select count(*) from listing where {_OVERDUE}", now, now - NOTICE
    )
    return count


async def count_live(connection: Connection) -> int:
    count: int = await connection.fetchval(f"select count(*) from listing where {_LIVE}")
    return count
