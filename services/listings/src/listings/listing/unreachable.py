"""An organisation where nobody answers: its listings pause, a confirmation brings them back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.listing import storage
from listings.listing.listing import Listing
from listings.listing.occasion import Occasion
from listings.listing.publication import record_ending, record_showing
from listings.members import reachability
from listings.organisations import storage as organisation_storage
from schemas.vocabulary import ListingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """An organisation as the moderators see it, who can still telephone."""

    organisation_id: UUID
    name: str
    since: datetime
    listings: int


async def note_bounce(
    connection: Connection, member_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Remember that an address is dead; pause the listings that nobody answers for any more."""
    await reachability.mark_unreachable(connection, member_id, since=now)
    organisations = await reachability.organisations_nobody_answers_for(connection, member_id)
    await _pause_all(connection, organisations, now=now, cause=cause)


async def note_departure(
    connection: Connection, organisation_ids: Collection[UUID], *, now: datetime, cause: Cause
) -> None:
    """Pause the listings of those where nobody is left whom a mail reaches."""
    silent = await reachability.unanswered_among(connection, organisation_ids)
    await _pause_all(connection, silent, now=now, cause=cause)


async def hold_with_paused(connection: Connection, listing_id: UUID) -> None:
    """Lock whatever `answered` changes before the listing itself, in the order of all."""
    await organisation_storage.hold_owner(connection, listing_id)
    organisation_id = await _organisation_that_pauses(connection, listing_id)
    if organisation_id is None:
        return
    await organisation_storage.hold_members(connection, organisation_id)
    await connection.execute(
        "select from listing where id = $1 or id in"
        " (select listing_id from unreachable_pause where organisation_id = $2)"
        " order by id for update",
        listing_id,
        organisation_id,
    )


async def answered(connection: Connection, listing: Listing, occasion: Occasion) -> Listing:
    """Show again what paused for its organisation, because somebody answers for it."""
    ids = await _end_pauses(connection, listing.organisation_id)
    if not ids:
        return listing
    await reachability.mark_all_reached(connection, listing.organisation_id)
    for listing_id in ids:
        paused = await storage.listing_for_update(connection, listing_id)
        if paused is not None and paused.status is ListingStatus.PAUSED:
            await record_showing(connection, paused, paused.resumed(at=occasion.now), occasion)
    return await storage.listing(connection, listing.id) or listing


async def unreachable_organisations(connection: Connection) -> tuple[Unreachable, ...]:
    rows = await connection.fetch(
        "select organisation.id as organisation_id, organisation.name,"
        " min(unreachable_pause.paused_at) as since, count(*) as listings"
        " from unreachable_pause"
        " join listing on listing.id = listing_id and listing.status = 'paused'"
        " join organisation on organisation.id = unreachable_pause.organisation_id"
        " group by organisation.id, organisation.name order by since, organisation.id"
    )
    return tuple(Unreachable(**row) for row in rows)


async def pauses(connection: Connection, listing_id: UUID) -> bool:
    """Whether the listing pauses because its owners cannot be reached."""
    found = await connection.fetchval(
        "select true from unreachable_pause where listing_id = $1", listing_id
    )
    return found is True


async def end_pause(connection: Connection, listing_id: UUID) -> None:
    """The owner shows the listing again: from now on a pause is their own."""
    await connection.execute("delete from unreachable_pause where listing_id = $1", listing_id)


async def hand_on_pause(connection: Connection, listing_id: UUID, *, successor_id: UUID) -> None:
    """What takes the listing's place pauses for the same reason."""
    await connection.execute(
        "update unreachable_pause set listing_id = $2 where listing_id = $1",
        listing_id,
        successor_id,
    )


async def _pause_all(
    connection: Connection, organisation_ids: Sequence[UUID], *, now: datetime, cause: Cause
) -> None:
    for listing in await storage.published_of(connection, organisation_ids):
        paused = listing.paused(at=now)
        await record_ending(connection, listing, paused, now=now, cause=cause)
        await _keep_pause(connection, paused, at=now)


async def _keep_pause(connection: Connection, listing: Listing, *, at: datetime) -> None:
    await connection.execute(
        "insert into unreachable_pause (listing_id, organisation_id, paused_at)"
        " values ($1, $2, $3) on conflict (listing_id) do update set paused_at = $3",
        listing.id,
        listing.organisation_id,
        at,
    )


async def _organisation_that_pauses(connection: Connection, listing_id: UUID) -> UUID | None:
    found: UUID | None = await connection.fetchval(
        "select organisation_id from unreachable_pause where organisation_id ="
        " (select organisation_id from listing where id = $1) limit 1",
        listing_id,
    )
    return found


async def _end_pauses(connection: Connection, organisation_id: UUID) -> list[UUID]:
    rows = await connection.fetch(
        "delete from unreachable_pause where organisation_id = $1 returning listing_id",
        organisation_id,
    )
    return sorted(row["listing_id"] for row in rows)
