"""What time and doubt do to listings: owners are asked, and silence ends a listing."""

from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from chassis.sweeps import Reach
from listings.listing import due, events, storage
from listings.listing.freshness import Asked
from listings.listing.listing import Listing
from listings.listing.publication import record_ending
from listings.outbox import outbox
from schemas.vocabulary import ClosingReason

AT_A_TIME = 500


async def ask_owners(connection: Connection, now: datetime, cause: Cause) -> None:
    """Ask whether a listing is still valid, a week and a day before it would expire."""
    for listing in await due.to_be_asked(connection, now, limit=AT_A_TIME):
        asked = listing.freshness and listing.freshness.reminder_due(now)
        if asked:
            await _ask(connection, listing, asked, now=now, cause=cause)


async def expire_listings(connection: Connection, now: datetime, cause: Cause) -> None:
    """Close what nobody confirmed, at the earliest a day after the last reminder."""
    for listing in await due.overdue(connection, now, limit=AT_A_TIME):
        if listing.freshness is not None and listing.freshness.has_expired(now):
            closed = listing.closed(ClosingReason.EXPIRED, at=now)
            await record_ending(connection, listing, closed, now=now, cause=cause)


async def reach_of_expiry(connection: Connection, now: datetime) -> Reach:
    return Reach(
        due=await due.count_overdue(connection, now), live=await due.count_live(connection)
    )


async def doubt_listing(
    connection: Connection, listing_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Ask the owner at once, because somebody said that the listing is outdated; once is enough."""
    listing = await storage.listing_for_update(connection, listing_id)
    if listing is None or not listing.is_live or listing.freshness is None:
        return
    if listing.freshness.asked is not Asked.SAID_OUTDATED:
        await _ask(connection, listing, Asked.SAID_OUTDATED, now=now, cause=cause)


async def _ask(
    connection: Connection, listing: Listing, asked: Asked, *, now: datetime, cause: Cause
) -> None:
    reminded = listing.reminded(asked, at=now)
    await storage.save(connection, reminded)
    question = events.listing_confirmation_due(reminded, asked, at=now)
    await outbox.append(connection, question, cause=cause)
