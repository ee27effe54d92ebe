"""An enquiry as its page shows it to the organisation that is asked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import copies
from chassis.database import Connection
from matching import listing_storage
from matching.enquiries import storage
from matching.enquiries.enquiry import Enquiry
from matching.kept_listing import KeptListing
from schemas.claims import LinkClaims
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryShown:
    """``member_id`` is missing where the link came to the organisation's own address.

    ``seeker`` is who posted the request, where everybody may know it.
    """

    enquiry: Enquiry
    request: KeptListing
    organisation: OrganisationState
    member_id: UUID | None
    seeker: str | None


async def enquiry_behind(
    connection: Connection, claims: LinkClaims, *, now: datetime
) -> EnquiryShown | None:
    """The open enquiry that a link opens, for whoever may still answer for the organisation."""
    enquiry = await storage.enquiry(connection, claims.object_id)
    if enquiry is None or enquiry.organisation_id != claims.organisation_id:
        return None
    organisation = await copies.find(connection, OrganisationState, claims.organisation_id)
    found = await listing_storage.listings(connection, [enquiry.request_id])
    request = found.get(enquiry.request_id)
    if organisation is None or request is None:
        return None
    if not (enquiry.is_open(now) and request.is_open(now)):
        return None
    if not await _may_answer(connection, claims):
        return None
    return EnquiryShown(
        enquiry=enquiry,
        request=request,
        organisation=organisation,
        member_id=None if _came_by_address(claims) else claims.member_id,
        seeker=await _seeker(connection, request),
    )


def _came_by_address(claims: LinkClaims) -> bool:
    """Where nobody joined yet the organisation stands in the member's place."""
    return claims.member_id == claims.organisation_id


async def _may_answer(connection: Connection, claims: LinkClaims) -> bool:
    if _came_by_address(claims):
        return True
    member = await copies.find(connection, MemberState, claims.member_id)
    return member is not None and claims.organisation_id in member.organisation_ids


async def _seeker(connection: Connection, request: KeptListing) -> str | None:
    if request.content.visibility is not Visibility.PUBLIC:
        return None
    organisation = await copies.find(connection, OrganisationState, request.organisation_id)
    return None if organisation is None else organisation.organisation_name
