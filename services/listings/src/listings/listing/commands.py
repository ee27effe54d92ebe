"""What owners do with their listings; each command runs inside the transaction of its caller."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database import Connection
from listings.listing import solved, storage, succession, unreachable
from listings.listing.listing import Listing, draft_of
from listings.listing.occasion import Occasion
from listings.listing.publication import record_ending, record_showing
from listings.listing.visibility import keeps_identity
from listings.organisations.queries import organisation_of, require_organisation
from schemas.listing import ListingContent
from schemas.vocabulary import ClosingAnswer, ClosingReason, ListingStatus


class UnknownListing(LookupError):
    """No listing has this id."""


async def locked(connection: Connection, listing_id: UUID) -> Listing:
    """The listing with its row locked: two writers wait for each other."""
    listing = await storage.listing_to_write(connection, listing_id)
    if listing is None:
        raise UnknownListing(listing_id)
    return listing


async def draft_listing(
    connection: Connection,
    content: ListingContent,
    *,
    organisation_id: UUID,
    member_id: UUID | None,
    now: datetime,
    listing_id: UUID | None = None,
) -> Listing:
    """Keep a new listing; what was kept under this id before stays as it is."""
    await require_organisation(connection, organisation_id)
    draft = draft_of(
        content,
        id=listing_id or uuid7(),
        organisation_id=organisation_id,
        member_id=member_id,
        at=now,
    )
    await storage.insert(connection, draft)
    return await locked(connection, draft.id)


async def submit_listing(connection: Connection, listing_id: UUID, occasion: Occasion) -> Listing:
    """Publish what a trusted organisation wrote; hand everything else to the moderators."""
    draft = await locked(connection, listing_id)
    submitted = draft.submitted(at=occasion.now)
    if not await _is_trusted(connection, draft):
        await storage.save(connection, submitted)
        return submitted
    published = submitted.published(at=occasion.now)
    return await record_showing(connection, draft, published, occasion)


async def revise_listing(
    connection: Connection,
    listing_id: UUID,
    content: ListingContent,
    occasion: Occasion,
) -> Listing:
    """Change the text; what narrows the visibility of a live listing gets a new id."""
    listing = await locked(connection, listing_id)
    if not listing.is_live:
        written = listing.written(content, at=occasion.now)
        await storage.save(connection, written)
        return written
    if not keeps_identity(listing.content.visibility, content.visibility):
        return await _replaced(connection, listing, content, occasion)
    if not await _is_trusted(connection, listing):
        proposed = listing.proposed(content, at=occasion.now)
        return await record_showing(connection, listing, proposed, occasion)
    after = listing.written(content, at=occasion.now)
    return await record_showing(connection, listing, after, occasion)


async def pause_listing(connection: Connection, listing_id: UUID, occasion: Occasion) -> Listing:
    listing = await locked(connection, listing_id)
    after = listing.paused(at=occasion.now)
    return await record_ending(connection, listing, after, now=occasion.now, cause=occasion.cause)


async def resume_listing(connection: Connection, listing_id: UUID, occasion: Occasion) -> Listing:
    listing = await locked(connection, listing_id)
    after = listing.resumed(at=occasion.now)
    await unreachable.end_pause(connection, listing_id)
    return await record_showing(connection, listing, after, occasion)


async def confirm_listing(connection: Connection, listing_id: UUID, occasion: Occasion) -> Listing:
    """Say that it is still valid; whoever says so can be reached, and what paused comes back."""
    await unreachable.hold_with_paused(connection, listing_id)
    listing = await locked(connection, listing_id)
    after = listing.confirmed(at=occasion.now)
    confirmed = await record_showing(connection, listing, after, occasion)
    await solved.note_still_needed(connection, listing_id)
    return await unreachable.answered(connection, confirmed, occasion)


async def withdraw_listing(
    connection: Connection, listing_id: UUID, answer: ClosingAnswer | None, occasion: Occasion
) -> Listing:
    """End a listing; whoever found somebody here says so, and it counts as fulfilled."""
    listing = await locked(connection, listing_id)
    after = listing.closed(closing_reason(answer), at=occasion.now)
    if answer is not None:
        await storage.save_closing_answer(connection, listing_id, answer, at=occasion.now)
    return await record_ending(
        connection, listing, after, now=occasion.now, cause=occasion.cause, answer=answer
    )


def closing_reason(answer: ClosingAnswer | None) -> ClosingReason:
    found = answer is ClosingAnswer.FOUND_HERE
    return ClosingReason.FULFILLED if found else ClosingReason.WITHDRAWN


async def discard_unpublished(connection: Connection, listing_id: UUID, *, now: datetime) -> bool:
    """End what nobody has seen yet; False where it was published once."""
    # Whoever takes an enquiry back holds its contact: an organisation is never locked after that.
    listing = await storage.listing_for_update(connection, listing_id)
    if listing is None:
        raise UnknownListing(listing_id)
    if listing.published_at is not None:
        return False
    if listing.status is not ListingStatus.CLOSED:
        await storage.save(connection, listing.closed(ClosingReason.WITHDRAWN, at=now))
    return True


async def _replaced(
    connection: Connection,
    listing: Listing,
    content: ListingContent,
    occasion: Occasion,
) -> Listing:
    now = occasion.now
    ended = succession.replaced(listing, at=now)
    await record_ending(connection, listing, ended, now=now, cause=occasion.cause)
    draft = succession.successor_of(listing, content, id=uuid7(), at=now)
    if listing.status is ListingStatus.PAUSED:
        return await _replaced_in_pause(connection, listing, draft, now=now)
    await storage.save(connection, draft)
    return await submit_listing(connection, draft.id, occasion)


async def _replaced_in_pause(
    connection: Connection, listing: Listing, draft: Listing, *, now: datetime
) -> Listing:
    """Nothing is said of the successor, and the reason of the pause is still the same."""
    paused = succession.kept_paused(draft, at=now)
    if not await _is_trusted(connection, listing):
        shown = succession.narrowed(listing.content, draft.content)
        paused = replace(paused, content=shown).proposed(draft.content, at=now)
    await storage.save(connection, paused)
    await unreachable.hand_on_pause(connection, listing.id, successor_id=paused.id)
    return paused


async def _is_trusted(connection: Connection, listing: Listing) -> bool:
    return (await organisation_of(connection, listing.organisation_id)).is_trusted
