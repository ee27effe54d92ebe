"""A change of a listing is saved and said in one go; before and after decide which events follow.

The public topics follow visibility alone: what was visible and no longer is gets a tombstone.
States follow the revision: whenever it rises they are said again, so that topics and tables agree.
"""

from datetime import datetime

from chassis.cause import Cause
from chassis.database import Connection
from listings.listing import events, public_events, storage
from listings.listing.census import census
from listings.listing.listing import Listing
from listings.listing.occasion import Occasion
from listings.organisations.queries import organisation_of
from listings.outbox import outbox
from schemas.public import PublicListing
from schemas.vocabulary import ClosingAnswer


async def record_ending(
    connection: Connection,
    before: Listing,
    after: Listing,
    *,
    now: datetime,
    cause: Cause,
    answer: ClosingAnswer | None = None,
) -> Listing:
    """Save a change after which the listing is shown to no more people than before."""
    await storage.save(connection, after)
    if after.is_live:
        await _say_live(connection, before, after, now=now, cause=cause)
    elif before.is_known:
        closed = events.listing_closed(after, answer, at=now)
        await outbox.append(connection, closed, cause=cause)
        await outbox.append_gone(connection, events.listing_gone(after), cause=cause)
    if before.is_public and not after.is_public:
        await _say_hidden(connection, after, now=now, cause=cause)
    return after


async def record_showing(
    connection: Connection, before: Listing, after: Listing, occasion: Occasion
) -> Listing:
    """Save a change after which the listing is live; nothing is said of what nobody knows yet."""
    now, cause = occasion.now, occasion.cause
    await storage.save(connection, after)
    await _say_live(connection, before, after, now=now, cause=cause)
    if after.is_public:
        shown = await shown_to_visitors(connection, after, public_url=occasion.public_url)
        await _say_shown(connection, before, after, shown, now=now, cause=cause)
    return after


async def record_overflow(
    connection: Connection, after: Listing, answer_by: datetime, occasion: Occasion
) -> None:
    """Save that partner clusters are asked, and ask them."""
    await storage.save(connection, after)
    await outbox.append(connection, events.listing_state(after), cause=occasion.cause)
    shown = await shown_to_visitors(connection, after, public_url=occasion.public_url)
    asked = public_events.public_listing_overflowed(
        after, shown, answer_by=answer_by, at=occasion.now
    )
    await outbox.append(connection, asked, cause=occasion.cause)
    state = public_events.public_listing_state(after, shown)
    await outbox.append(connection, state, cause=occasion.cause)


async def shown_to_visitors(
    connection: Connection, listing: Listing, *, public_url: str
) -> PublicListing:
    organisation = await organisation_of(connection, listing.organisation_id)
    everybody = await census(connection)
    return public_events.public_listing(listing, organisation, everybody, public_url=public_url)


async def _say_live(
    connection: Connection, before: Listing, after: Listing, *, now: datetime, cause: Cause
) -> None:
    if not after.is_known:
        return
    if not before.is_known:
        await outbox.append(connection, events.listing_created(after, at=now), cause=cause)
    elif before.content != after.content:
        await outbox.append(connection, events.listing_updated(after, at=now), cause=cause)
    await outbox.append(connection, events.listing_state(after), cause=cause)


async def _say_shown(
    connection: Connection,
    before: Listing,
    after: Listing,
    shown: PublicListing,
    *,
    now: datetime,
    cause: Cause,
) -> None:
    if not before.is_public:
        created = public_events.public_listing_created(after, shown, at=now)
        await outbox.append(connection, created, cause=cause)
    elif before.content != after.content:
        updated = public_events.public_listing_updated(after, shown, at=now)
        await outbox.append(connection, updated, cause=cause)
    state = public_events.public_listing_state(after, shown)
    await outbox.append(connection, state, cause=cause)


async def _say_hidden(
    connection: Connection, after: Listing, *, now: datetime, cause: Cause
) -> None:
    closed = public_events.public_listing_closed(after, at=now)
    await outbox.append(connection, closed, cause=cause)
    await outbox.append_gone(connection, public_events.public_listing_gone(after), cause=cause)
