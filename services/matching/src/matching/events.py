"""What this service says: one function a published event."""

from datetime import datetime
from uuid import UUID

from chassis.outbox import Outbox
from matching.kept_listing import KeptListing
from matching.proposal import GivenAnswer, Proposal, SideName, other
from schemas.match import MatchAnswered, MatchProposed, MatchWithdrawn, ProposedListing
from schemas.request import EnquiryAnswered, EnquiryApproved, RequestOverflowed, RequestUnmet
from schemas.search import SearchHit

outbox = Outbox(
    publishes=(
        MatchProposed,
        MatchAnswered,
        MatchWithdrawn,
        RequestUnmet,
        RequestOverflowed,
        EnquiryApproved,
        EnquiryAnswered,
        SearchHit,
    )
)


def match_proposed(proposal: Proposal, request: KeptListing, offer: KeptListing) -> MatchProposed:
    return MatchProposed(
        revision=proposal.revision,
        occurred_at=proposal.proposed_at,
        proposal_id=proposal.proposal_id,
        offer=_proposed(offer),
        request=_proposed(request),
        strength=proposal.strength,
        reasons=proposal.reasons,
        engine_version=proposal.engine_version,
    )


def _proposed(listing: KeptListing) -> ProposedListing:
    return ProposedListing(
        listing_id=listing.listing_id,
        organisation_id=listing.organisation_id,
        title=listing.content.title,
        language=listing.content.language,
        city=listing.city,
    )


def match_answered(
    proposal: Proposal,
    side: SideName,
    given: GivenAnswer,
    *,
    member_id: UUID,
    revision: int,
    at: datetime,
) -> MatchAnswered:
    return MatchAnswered(
        revision=revision,
        occurred_at=at,
        proposal_id=proposal.proposal_id,
        side=side,
        offer_id=proposal.offer_id,
        request_id=proposal.request_id,
        organisation_id=proposal.organisation_on(side),
        counterpart_organisation_id=proposal.organisation_on(other(side)),
        member_id=member_id,
        answer=given.answer,
        reason=given.reason,
    )


def match_withdrawn(proposal: Proposal, *, revision: int, at: datetime) -> MatchWithdrawn:
    return MatchWithdrawn(
        revision=revision,
        occurred_at=at,
        proposal_id=proposal.proposal_id,
        offer_id=proposal.offer_id,
        request_id=proposal.request_id,
    )
