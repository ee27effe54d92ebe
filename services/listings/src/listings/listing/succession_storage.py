"""Which listing took the place of one that narrowed, in PostgreSQL."""

from chassis.database import Connection
from listings.listing.listing import Listing
from listings.listing.storage import SELECT, listing_of


async def successor_of(connection: Connection, ended: Listing) -> Listing | None:
    """Made in the moment in which the other ended; what others never knew is not named by it."""
    row = await connection.fetchrow(
        f"{SELECT} where organisation_id = $1 and created_at = $2 and replaces = any($3::uuid[])"
        " and id <> $4",
        ended.organisation_id,
        ended.closed_at,
        [each for each in (ended.id, ended.replaces) if each is not None],
        ended.id,
    )
    return None if row is None else listing_of(row)
