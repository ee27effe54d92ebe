"""What is done about enquiries; each runs inside the transaction of its caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import copies
from chassis.cause import Cause
from chassis.database import Connection
from matching import listing_storage, member_storage
from matching.enquiries import address_storage, events, mail_storage, storage
from matching.enquiries.addresses import note_addresses
from matching.enquiries.enquiry import (
    OPEN_FOR,
    Enquiry,
    EnquiryOver,
    GivenEnquiryAnswer,
    UnknownEnquiry,
    enquiry_id_of,
    obstacle_to,
)
from matching.events import outbox
from matching.kept_listing import KeptListing
from matching.unmet import candidate_storage
from matching.unmet import storage as unmet_storage
from matching.unmet.candidate import Candidate
from schemas.mail import MailFact
from schemas.organisation import OrganisationState
from schemas.vocabulary import EnquiryAnswer


class RequestNoLongerUnmet(Exception):
    """The request ended; nobody has to be asked any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a broker decided: whom to ask what about which request."""

    request_id: UUID
    organisation_ids: tuple[UUID, ...]
    question: str
    broker_id: UUID


async def approve_enquiries(
    connection: Connection, approval: Approval, *, at: datetime, cause: Cause
) -> int:
    """Ask those of the chosen candidates that can be asked now.

    Returns how many of the chosen are asked this, by now: sent twice, it says the same twice.
    """
    await member_storage.keep_erasures_out(connection)
    await candidate_storage.hold(connection, approval.organisation_ids)
    request = await still_unmet(connection, approval.request_id, at=at)
    chosen = [
        each
        for each in await candidate_storage.candidates_of(connection, approval.request_id)
        if each.organisation_id in approval.organisation_ids
    ]
    askable = await askable_among(connection, request, [each.organisation_id for each in chosen])
    for each in chosen:
        if organisation := askable.get(each.organisation_id):
            await _ask(connection, request, each, organisation, approval, at=at, cause=cause)
    return await storage.count_asked(
        connection,
        approval.request_id,
        approval.organisation_ids,
        question=approval.question,
        approved_by=approval.broker_id,
    )


async def askable_among(
    connection: Connection,
    request: KeptListing,
    organisation_ids: Sequence[UUID],
    *,
    again: bool = False,
) -> dict[UUID, OrganisationState]:
    """Those without any obstacle, by the newest copies; the rest is silently not among them.

    Asked ``again``, it is none to have been asked.
    """
    allowed = await candidate_storage.may_be_asked(
        connection,
        organisation_ids,
        request_organisation_id=request.organisation_id,
    )
    enquiries = await storage.enquiries_about(connection, request.listing_id)
    asked = {each.organisation_id for each in enquiries}
    never = await storage.never_asked(connection, organisation_ids)
    return {
        each.organisation_id: each
        for each in await copies.find_many(connection, OrganisationState, list(allowed))
        if obstacle_to(
            each,
            for_members=request.is_for_members,
            asked_before=not again and each.organisation_id in asked,
            never_again=each.organisation_id in never,
        )
        is None
    }


async def answer_enquiry(
    connection: Connection,
    enquiry_id: UUID,
    given: GivenEnquiryAnswer,
    *,
    organisation_id: UUID,
    member_id: UUID | None,
    at: datetime,
    cause: Cause,
) -> None:
    """Keep the answer; the same one again changes nothing and says nothing.

    Whoever is erased meanwhile says nothing any more. The request is locked before the enquiry, as
    whoever is erased is blanked in this order.
    """
    await member_storage.keep_erasures_out(connection)
    if await member_storage.any_erased(connection, organisation_id, member_id):
        raise UnknownEnquiry(enquiry_id)
    known = await storage.enquiry(connection, enquiry_id)
    if known is None or known.organisation_id != organisation_id:
        raise UnknownEnquiry(enquiry_id)
    request = await _open_request(connection, known.request_id, at=at)
    enquiry = await storage.enquiry(connection, enquiry_id, locked=True)
    if request is None or enquiry is None or not enquiry.is_open(at):
        raise EnquiryOver(enquiry_id)
    if given == enquiry.given:
        return
    revision = await storage.save_answer(connection, enquiry, given, member_id=member_id, at=at)
    if given.answer is EnquiryAnswer.NEVER_ASK_AGAIN:
        await storage.never_ask(connection, enquiry, at=at)
    else:
        await storage.ask_again(connection, enquiry)
    fact = events.enquiry_answered(
        enquiry, request, given, member_id=member_id, revision=revision, at=at
    )
    await outbox.append(connection, fact, cause=cause)


async def note_mails(connection: Connection, mails: Sequence[MailFact], *, sent: bool) -> None:
    """Of a mail's facts the newest counts; before an answer they are those to whoever is asked."""
    await mail_storage.note_mails(connection, mails, sent=sent)


async def forget(connection: Connection, subject: UUID) -> None:
    await storage.forget(connection, subject)
    await address_storage.forget(connection, subject)


async def still_unmet(connection: Connection, request_id: UUID, *, at: datetime) -> KeptListing:
    """Locked: a request that closes meanwhile closes after this."""
    unmet = await unmet_storage.unmet_request(connection, request_id, now=at, locked=True)
    request = await _open_request(connection, request_id, at=at)
    if unmet is None or request is None:
        raise RequestNoLongerUnmet(request_id)
    return request


async def _ask(
    connection: Connection,
    request: KeptListing,
    candidate: Candidate,
    organisation: OrganisationState,
    approval: Approval,
    *,
    at: datetime,
    cause: Cause,
) -> None:
    enquiry = Enquiry(
        enquiry_id=enquiry_id_of(request.listing_id, candidate.organisation_id),
        request_id=request.listing_id,
        request_organisation_id=request.organisation_id,
        organisation_id=candidate.organisation_id,
        revision=int(at.timestamp() * 1000),
        question=approval.question,
        approved_at=at,
        expires_at=min(at + OPEN_FOR, request.content.valid_until),
    )
    if not await storage.add(connection, enquiry, approved_by=approval.broker_id):
        return
    await note_addresses(connection, enquiry.enquiry_id, organisation)
    fact = events.enquiry_approved(enquiry, request, organisation, candidate.reasons)
    await outbox.append(connection, fact, cause=cause)


async def _open_request(
    connection: Connection, request_id: UUID, *, at: datetime
) -> KeptListing | None:
    """Locked: a request that closes meanwhile closes after this."""
    found = await listing_storage.listings(connection, [request_id], locked=True)
    request = found.get(request_id)
    return request if request is not None and request.is_open(at) else None
