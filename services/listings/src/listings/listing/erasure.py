"""Forgetting what an organisation wrote: every listing is ended and emptied, live or not."""

from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from chassis.outbox import blank
from listings.listing import moderation, storage
from listings.listing.publication import record_ending


async def hold_listings_of(connection: Connection, organisation_id: UUID) -> None:
    """Wait for changes under way, so that what they say is blanked, too."""
    await storage.all_of(connection, organisation_id)


async def forget_listings_of(
    connection: Connection, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Kind, category and dates stay to be counted; the ledger keeps decisions without words."""
    for listing in await storage.all_of(connection, organisation_id):
        # Public records name nobody by id, so the listing itself is whom they are about.
        await blank(connection, listing.id)
        erased = listing.erased(at=now)
        await record_ending(connection, listing, erased, now=now, cause=cause)
    await moderation.forget_words_about(connection, organisation_id)
