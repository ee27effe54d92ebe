"""What follows an answer to an enquiry, once; each command runs inside its caller's transaction."""

from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts.holding import listing_to_ask_about
from listings.contacts.introductions import introduce, take_back
from listings.contacts.storage import hold_sides
from listings.enquiries import storage
from listings.enquiries.prefilled import message_prefilled, offer_prefilled
from listings.enquiries.storage import EnquiryOffer
from listings.listing.commands import discard_unpublished, draft_listing
from listings.listing.listing import Listing
from listings.members import storage as member_storage
from listings.organisations import storage as organisation_storage
from schemas.request import EnquiryAnswered
from schemas.vocabulary import EnquiryAnswer


async def follow_answer(connection: Connection, event: EnquiryAnswered, *, cause: Cause) -> None:
    """Prepare an offer after a yes; after any other answer take back what nobody acted on yet."""
    offer = await storage.note_answer(connection, event.enquiry_id, event.revision)
    if offer is None:
        return
    if event.answer is not EnquiryAnswer.YES:
        left = await _take_back(connection, offer, event, cause=cause)
        await storage.save_offer(connection, event.enquiry_id, left)
    elif offer.listing_id is None:
        prepared = await _prepare(connection, event, cause=cause)
        await storage.save_offer(connection, event.enquiry_id, prepared)


async def _prepare(connection: Connection, event: EnquiryAnswered, *, cause: Cause) -> EnquiryOffer:
    """The draft waits for whoever acts for the organisation; a contact needs somebody who does."""
    await hold_sides(connection, event.organisation_id, event.request_id)
    asked = await organisation_storage.organisation(connection, event.organisation_id)
    request = await listing_to_ask_about(
        connection, event.request_id, organisation_id=event.organisation_id
    )
    if request is None or not request.is_live or asked is None:
        return EnquiryOffer(listing_id=None, contact_id=None)
    member_id = await _acting_member(connection, event)
    draft = await draft_listing(
        connection,
        offer_prefilled(event, request.content),
        organisation_id=asked.id,
        member_id=member_id,
        now=event.occurred_at,
    )
    contact_id = None
    if member_id is not None and request.is_visible:
        contact_id = await _introduced(connection, event, request, member_id=member_id, cause=cause)
    return EnquiryOffer(listing_id=draft.id, contact_id=contact_id)


async def _introduced(
    connection: Connection,
    event: EnquiryAnswered,
    request: Listing,
    *,
    member_id: UUID,
    cause: Cause,
) -> UUID | None:
    contact = await introduce(
        connection,
        request,
        organisation_id=event.organisation_id,
        member_id=member_id,
        message=message_prefilled(event, request.content),
        now=event.occurred_at,
        cause=cause,
    )
    return None if contact is None else contact.id


async def _acting_member(connection: Connection, event: EnquiryAnswered) -> UUID | None:
    """Whoever answered, while they are there and act for the organisation that was asked."""
    if event.member_id is None:
        return None
    member = await member_storage.member(connection, event.member_id)
    if member is None or event.organisation_id not in member.organisation_ids:
        return None
    return member.id


async def _take_back(
    connection: Connection, offer: EnquiryOffer, event: EnquiryAnswered, *, cause: Cause
) -> EnquiryOffer:
    """What was published stays known, so that another yes does not make a second offer."""
    if offer.contact_id is not None:
        await take_back(connection, offer.contact_id, now=event.occurred_at, cause=cause)
    is_gone = offer.listing_id is None or await discard_unpublished(
        connection, offer.listing_id, now=event.occurred_at
    )
    return EnquiryOffer(listing_id=None if is_gone else offer.listing_id, contact_id=None)
