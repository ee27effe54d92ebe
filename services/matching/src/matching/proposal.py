"""A proposal: one offer, one request, why they fit, and what each side answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from matching.engine import Pair
from matching.features import Features
from matching.kept_listing import KeptListing
from schemas.match import Reasons, WordPair
from schemas.vocabulary import Answer, DeclineReason, ListingKind, Strength

SideName = Literal["offer", "request"]


class UnknownProposal(LookupError):
    """There is no such proposal for this organisation."""


class UndecidedPair(ValueError):
    """Only a pair with a strength can be proposed."""


class ProposalWithdrawn(Exception):
    """One of its listings ended; nothing can be answered any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """A reason belongs to "not for us" only."""

    answer: Answer
    reason: DeclineReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """``q``, ``d`` and what ``d`` is made of are kept for evaluation."""

    proposal_id: UUID
    offer_id: UUID
    request_id: UUID
    offer_organisation_id: UUID
    request_organisation_id: UUID
    revision: int
    strength: Strength
    reasons: Reasons
    q: float
    d: float
    engine_version: str
    proposed_at: datetime
    withdrawn_at: datetime | None = None
    features: Features | None = None

    @property
    def subjects(self) -> tuple[UUID, UUID]:
        return (self.offer_organisation_id, self.request_organisation_id)

    def side_of(self, organisation_id: UUID) -> SideName:
        if organisation_id == self.offer_organisation_id:
            return "offer"
        if organisation_id == self.request_organisation_id:
            return "request"
        raise UnknownProposal(self.proposal_id)

    def organisation_on(self, side: SideName) -> UUID:
        return self.offer_organisation_id if side == "offer" else self.request_organisation_id

    def listing_on(self, side: SideName) -> UUID:
        return self.offer_id if side == "offer" else self.request_id


def other(side: SideName) -> SideName:
    return "request" if side == "offer" else "offer"


def in_roles(one: KeptListing, another: KeptListing) -> tuple[KeptListing, KeptListing]:
    """The request first, then the offer."""
    return (one, another) if one.kind is ListingKind.REQUEST else (another, one)


def proposal_of(
    request: KeptListing,
    offer: KeptListing,
    pair: Pair,
    *,
    need: str | None = None,
    features: Features | None = None,
    engine_version: str,
    at: datetime,
) -> Proposal:
    """The proposal of a decided pair; the same two listings always give the same id."""
    if pair.strength is None:
        raise UndecidedPair(request.listing_id, offer.listing_id)
    return Proposal(
        proposal_id=uuid5(request.listing_id, str(offer.listing_id)),
        offer_id=offer.listing_id,
        request_id=request.listing_id,
        offer_organisation_id=offer.organisation_id,
        request_organisation_id=request.organisation_id,
        revision=int(at.timestamp() * 1000),
        strength=pair.strength,
        reasons=_reasons(request, pair, need),
        q=pair.score.q,
        d=pair.score.d,
        engine_version=engine_version,
        proposed_at=at,
        features=features,
    )


def _reasons(request: KeptListing, pair: Pair, need: str | None) -> Reasons:
    why = pair.reasons
    return Reasons(
        words=tuple(
            WordPair(request_word=met.request_word, offer_word=met.offer_word) for met in why.words
        ),
        same_category=request.content.category if why.same_category else None,
        distance_km=why.distance_km,
        available_from=why.available_from,
        needed_by=why.needed_by,
        met_need=need,
    )
