"""What the two sides of a contact do; each command runs inside the transaction of its caller."""

from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import events, storage
from listings.contacts.contact import LAPSES_AFTER, Contact
from listings.contacts.holding import hold_to_answer, listing_to_ask_about, must_act_for
from listings.contacts.queries import party
from listings.listing.listing import Listing
from listings.listing.solved import note_solved
from listings.organisations.queries import organisation_of
from listings.outbox import outbox
from listings.revision import revision_after
from schemas.vocabulary import DeclineReason

DAY = timedelta(days=1)
ENDS_THE_LISTING = frozenset({DeclineReason.ALREADY_SOLVED, DeclineReason.OUTDATED})
"""What owners say to somebody about their own listing."""


class UnknownContact(LookupError):
    """No contact has this id."""


class ListingNotReachable(Exception):
    """The listing is not published (any more): nobody can be written to about it."""


class OwnListing(Exception):
    """An organisation does not write to itself."""


class ContactAlreadyOpen(Exception):
    """The organisation wrote about this listing and has no answer yet."""


class TooManyContacts(Exception):
    """The organisation wrote as often as is allowed in a day."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


async def request_contact(
    connection: Connection,
    *,
    listing_id: UUID,
    organisation_id: UUID,
    member_id: UUID,
    message: str,
    names_itself: bool,
    a_day: int,
    now: datetime,
    cause: Cause,
    proposal_id: UUID | None = None,
) -> Contact:
    """Write to the owner of a listing; one open contact a pair, a few a day."""
    # The lock makes two requests of one organisation wait for each other, so the cap holds.
    # Organisations are locked before listings, here as everywhere.
    await storage.hold_sides(connection, organisation_id, listing_id)
    listing = await _reachable_listing(connection, listing_id, organisation_id)
    await must_act_for(connection, organisation_id, member_id)
    since = now - DAY
    if await storage.count_requested_since(connection, organisation_id, since) >= a_day:
        raise TooManyContacts(a_day)
    contact = requested(
        listing,
        organisation_id=organisation_id,
        member_id=member_id,
        message=message,
        names_itself=names_itself,
        proposal_id=proposal_id,
        now=now,
    )
    if not await keep_new(connection, contact, cause=cause):
        raise ContactAlreadyOpen
    return contact


async def keep_new(connection: Connection, contact: Contact, *, cause: Cause) -> bool:
    """Keep a contact and say so; False where the pair already has an open one."""
    if not await storage.insert(connection, contact):
        return False
    requester = await organisation_of(connection, contact.requesting_organisation_id)
    owner = await organisation_of(connection, contact.owning_organisation_id)
    said = events.contact_requested(
        contact,
        organisation_name=requester.name,
        owner_has_members=owner.has_members,
        at=contact.requested_at,
    )
    await outbox.append(connection, said, cause=cause)
    return True


async def accept_contact(
    connection: Connection, contact_id: UUID, *, member_id: UUID, now: datetime, cause: Cause
) -> Contact:
    """Say yes: from now on both sides know each other's names and addresses."""
    await hold_to_answer(connection, contact_id, by=member_id)
    contact = await locked(connection, contact_id)
    accepted = contact.accepted(by=member_id, at=now)
    await storage.save(connection, accepted)
    said = events.contact_accepted(
        accepted,
        requester=await party(
            connection, contact.requesting_member_id, contact.requesting_organisation_id
        ),
        owner=await party(connection, member_id, contact.owning_organisation_id),
        at=now,
    )
    await outbox.append(connection, said, cause=cause)
    return accepted


async def decline_contact(
    connection: Connection,
    contact_id: UUID,
    reason: DeclineReason,
    *,
    explanation: str,
    member_id: UUID,
    now: datetime,
    cause: Cause,
) -> Contact:
    await hold_to_answer(connection, contact_id, by=member_id)
    contact = await locked(connection, contact_id)
    declined = contact.declined(reason, explanation, by=member_id, at=now)
    await storage.save(connection, declined)
    await outbox.append(connection, events.contact_declined(declined, at=now), cause=cause)
    if reason in ENDS_THE_LISTING:
        await note_solved(
            connection, contact.listing_id, organisation_id=contact.owning_organisation_id, at=now
        )
    return declined


async def _reachable_listing(
    connection: Connection, listing_id: UUID, organisation_id: UUID
) -> Listing:
    listing = await listing_to_ask_about(connection, listing_id, organisation_id=organisation_id)
    if listing is None or not listing.is_visible:
        raise ListingNotReachable
    if listing.organisation_id == organisation_id:
        raise OwnListing
    return listing


async def locked(connection: Connection, contact_id: UUID) -> Contact:
    contact = await storage.contact_for_update(connection, contact_id)
    if contact is None:
        raise UnknownContact(contact_id)
    return contact


def requested(
    listing: Listing,
    *,
    organisation_id: UUID,
    member_id: UUID,
    message: str,
    names_itself: bool,
    proposal_id: UUID | None,
    now: datetime,
) -> Contact:
    return Contact(
        id=uuid7(),
        listing_id=listing.id,
        listing_title=listing.content.title,
        listing_language=listing.content.language,
        requesting_organisation_id=organisation_id,
        requesting_member_id=member_id,
        owning_organisation_id=listing.organisation_id,
        message=message,
        names_itself=names_itself,
        requested_at=now,
        lapses_at=now + LAPSES_AFTER,
        revision=revision_after(0, now),
        proposal_id=proposal_id,
    )
