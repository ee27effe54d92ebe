"""What is done about saved searches; each runs inside the transaction of its caller."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import copies
from chassis.cause import Cause
from chassis.database import Connection
from matching import listing_storage, member_storage
from matching.events import outbox
from matching.kept_listing import KeptListing
from matching.membership import belongs
from matching.searches import entry_storage, events, storage, surroundings_storage
from matching.searches.search import (
    MOST_SEARCHES,
    Around,
    SavedSearch,
    TooManySearches,
    UnknownPostcode,
)
from schemas.member import MemberState
from schemas.vocabulary import ListingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a member wants to hear of; a place is a postcode and a radius."""

    words: str
    kind: ListingKind
    category: str | None
    place: tuple[str, int] | None


async def save_search(
    connection: Connection, member: MemberState, wanted: Wanted, *, search_id: UUID, at: datetime
) -> None:
    """Save what a member wants to hear of; the same again changes nothing."""
    if not await storage.lock_member(connection, member.member_id):
        return
    search = SavedSearch(
        search_id=search_id,
        member_id=member.member_id,
        revision=int(at.timestamp() * 1000),
        words=wanted.words,
        language=member.language,
        kind=wanted.kind,
        category=wanted.category,
        around=await _around(connection, wanted.place),
        created_at=at,
    )
    if await storage.is_saved(connection, search):
        return
    if await storage.count_of(connection, member.member_id) >= MOST_SEARCHES:
        raise TooManySearches
    await storage.add(connection, search)


async def delete_search(connection: Connection, search_id: UUID, *, member_id: UUID) -> None:
    await storage.drop(connection, search_id, member_id)


async def enter_listing(
    connection: Connection, listing: KeptListing, *, at: datetime, cause: Cause
) -> None:
    """A listing that is live for the first time will be compared with every search."""
    await entry_storage.enter(connection, listing.listing_id, at=at, cause=cause)


async def report_hits(
    connection: Connection,
    listing_id: UUID,
    found: Iterable[SavedSearch],
    *,
    at: datetime,
    cause: Cause,
) -> None:
    """Tell each search's member once, if they may still see the listing and it is not their own."""
    await member_storage.keep_erasures_out(connection)
    if not await entry_storage.compared(connection, listing_id, at=at):
        return
    current = await listing_storage.listings(connection, [listing_id], locked=True)
    listing = current.get(listing_id)
    if listing is None or not listing.is_open(at):
        return
    for search in sorted(found, key=lambda search: search.search_id):
        if await _concerns(connection, search, listing):
            revision = await entry_storage.hit(connection, search.search_id, listing_id, at=at)
            if revision is not None:
                fact = events.search_hit(search, listing, revision=revision, at=at)
                await outbox.append(connection, fact, cause=cause)


async def forget(connection: Connection, subject: UUID) -> None:
    await storage.forget(connection, subject)


async def _concerns(connection: Connection, search: SavedSearch, listing: KeptListing) -> bool:
    """What they may not see, one's own and a competitor's are no news."""
    member = await copies.find(connection, MemberState, search.member_id)
    if member is None or listing.organisation_id in member.organisation_ids:
        return False
    if listing.is_for_members and not belongs(member):
        return False
    return not await entry_storage.hidden_from(
        connection, listing.organisation_id, member.organisation_ids
    )


async def _around(connection: Connection, place: tuple[str, int] | None) -> Around | None:
    if place is None:
        return None
    postcode, radius_km = place
    position = await surroundings_storage.position_of(connection, postcode)
    if position is None:
        raise UnknownPostcode(postcode)
    return Around(postcode=postcode, position=position, radius_km=radius_km)
