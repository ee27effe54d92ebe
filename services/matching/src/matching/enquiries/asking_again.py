"""A question that reached nobody is asked again, once for each address that was corrected."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from matching import member_storage
from matching.enquiries import events, storage
from matching.enquiries.addresses import has_new_address, note_addresses
from matching.enquiries.commands import askable_among, still_unmet
from matching.enquiries.enquiry import OPEN_FOR, Enquiry, enquiry_id_of
from matching.events import outbox
from matching.kept_listing import KeptListing
from matching.unmet import candidate_storage
from matching.unmet.candidate import CandidateReasons
from schemas.organisation import OrganisationState


async def askable_again(
    connection: Connection, request: KeptListing, enquiries: Sequence[Enquiry], *, now: datetime
) -> frozenset[UUID]:
    """Whom nobody reached, and for whom another address is known since."""
    unreached = {each.organisation_id: each for each in enquiries if each.unreached(now)}
    if not unreached:
        return frozenset()
    askable = await askable_among(connection, request, list(unreached), again=True)
    return frozenset(
        [
            key
            for key, organisation in askable.items()
            if await has_new_address(connection, unreached[key].enquiry_id, organisation)
        ]
    )


async def ask_again(
    connection: Connection, request_id: UUID, organisation_id: UUID, *, at: datetime, cause: Cause
) -> bool:
    """Whether the question is on its way again, by now: said twice, it is sent once.

    Who asked it first does not matter.
    """
    await member_storage.keep_erasures_out(connection)
    await candidate_storage.hold(connection, [organisation_id])
    request = await still_unmet(connection, request_id, at=at)
    askable = await askable_among(connection, request, [organisation_id], again=True)
    organisation = askable.get(organisation_id)
    enquiry_id = enquiry_id_of(request_id, organisation_id)
    enquiry = await storage.enquiry(connection, enquiry_id, locked=True)
    if organisation is None or enquiry is None:
        return False
    if enquiry.unreached(at) is None:
        return enquiry.is_under_way_again(at)
    if not await has_new_address(connection, enquiry_id, organisation):
        return False
    await _open_again(connection, enquiry, request, organisation, at=at, cause=cause)
    return True


async def _open_again(
    connection: Connection,
    enquiry: Enquiry,
    request: KeptListing,
    organisation: OrganisationState,
    *,
    at: datetime,
    cause: Cause,
) -> None:
    again = await storage.open_again(
        connection,
        enquiry.enquiry_id,
        at=at,
        expires_at=min(at + OPEN_FOR, request.content.valid_until),
    )
    await note_addresses(connection, enquiry.enquiry_id, organisation)
    ranked = await candidate_storage.candidates_of(connection, enquiry.request_id)
    reasons = {each.organisation_id: each.reasons for each in ranked}
    fact = events.enquiry_approved(
        again,
        request,
        organisation,
        reasons.get(enquiry.organisation_id, CandidateReasons()),
    )
    await outbox.append(connection, fact, cause=cause)
