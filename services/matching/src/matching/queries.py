"""A proposal as its page shows it to one side."""

from dataclasses import dataclass

from chassis import copies
from chassis.database import Connection
from matching import listing_storage, proposal_storage
from matching.kept_listing import KeptListing
from matching.proposal import GivenAnswer, Proposal, SideName, UnknownProposal, other
from schemas.claims import LinkClaims
from schemas.member import MemberState
from schemas.organisation import OrganisationState


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalShown:
    """``counterpart_name`` is missing for an anonymous listing."""

    proposal: Proposal
    side: SideName
    own: KeptListing
    counterpart: KeptListing
    own_name: str | None
    counterpart_name: str | None
    answer: GivenAnswer | None


async def proposal_behind(connection: Connection, claims: LinkClaims) -> ProposalShown | None:
    """The open proposal that a link opens, for a member who still acts for its organisation."""
    proposal = await proposal_storage.proposal(connection, claims.object_id)
    if proposal is None or proposal.withdrawn_at is not None:
        return None
    try:
        side = proposal.side_of(claims.organisation_id)
    except UnknownProposal:
        return None
    if not await _acts_for(connection, claims):
        return None
    return await _shown(connection, proposal, side)


async def _acts_for(connection: Connection, claims: LinkClaims) -> bool:
    member = await copies.find(connection, MemberState, claims.member_id)
    return member is not None and claims.organisation_id in member.organisation_ids


async def _shown(
    connection: Connection, proposal: Proposal, side: SideName
) -> ProposalShown | None:
    own_id, counterpart_id = proposal.listing_on(side), proposal.listing_on(other(side))
    found = await listing_storage.listings(connection, [own_id, counterpart_id])
    own, counterpart = found.get(own_id), found.get(counterpart_id)
    if own is None or counterpart is None:
        return None
    return ProposalShown(
        proposal=proposal,
        side=side,
        own=own,
        counterpart=counterpart,
        own_name=await _name(connection, own),
        counterpart_name=None if counterpart.is_anonymous else await _name(connection, counterpart),
        answer=await proposal_storage.answer_of(connection, proposal.proposal_id, side),
    )


async def _name(connection: Connection, listing: KeptListing) -> str | None:
    organisation = await copies.find(connection, OrganisationState, listing.organisation_id)
    return None if organisation is None else organisation.organisation_name
