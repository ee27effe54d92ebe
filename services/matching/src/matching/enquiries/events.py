"""What is said of enquiries; the reasons in them are those that any firm may read."""

from datetime import datetime
from uuid import UUID

from matching.enquiries.enquiry import Enquiry, GivenEnquiryAnswer
from matching.kept_listing import KeptListing
from matching.unmet.candidate import CandidateReasons
from schemas.match import Reasons
from schemas.organisation import OrganisationState
from schemas.request import EnquiryAnswered, EnquiryApproved


def enquiry_approved(
    enquiry: Enquiry,
    request: KeptListing,
    organisation: OrganisationState,
    reasons: CandidateReasons,
) -> EnquiryApproved:
    return EnquiryApproved(
        revision=enquiry.revision,
        occurred_at=enquiry.asked_again_at or enquiry.approved_at,
        enquiry_id=enquiry.enquiry_id,
        request_id=enquiry.request_id,
        request_title=request.content.title,
        request_language=request.content.language,
        requesting_organisation_id=enquiry.request_organisation_id,
        organisation_id=enquiry.organisation_id,
        question=enquiry.question,
        request_description=request.content.description,
        reasons=Reasons(
            words=reasons.words,
            distance_km=reasons.distance_km,
            needed_by=request.content.needed_by,
        ),
        expires_at=enquiry.expires_at,
        attempt=enquiry.attempt,
        organisation_revision=organisation.revision,
    )


def enquiry_answered(
    enquiry: Enquiry,
    request: KeptListing,
    given: GivenEnquiryAnswer,
    *,
    member_id: UUID | None,
    revision: int,
    at: datetime,
) -> EnquiryAnswered:
    return EnquiryAnswered(
        revision=revision,
        occurred_at=at,
        enquiry_id=enquiry.enquiry_id,
        request_id=enquiry.request_id,
        request_title=request.content.title,
        request_language=request.content.language,
        requesting_organisation_id=enquiry.request_organisation_id,
        organisation_id=enquiry.organisation_id,
        member_id=member_id,
        answer=given.answer,
        note=given.note,
        category=request.content.category,
    )
