"""Proposals: who fits whom and why, and what the two sides answered."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.event import Fact, Value
from schemas.place import Category
from schemas.vocabulary import Answer, DeclineReason, Language, Strength

TOLD_KM = 100
"""Beyond it a distance does not speak for a pair: it is known, and no reader is told."""


class WordPair(Value):
    """A word of the request and the word of the offer it met."""

    request_word: str
    offer_word: str


class Reasons(Value):
    """Why two listings fit; every part may be absent, no part is a bare score."""

    words: tuple[WordPair, ...] = Field(default=(), max_length=3)
    same_category: Category | None = None
    distance_km: int | None = Field(default=None, ge=0)
    available_from: date | None = None
    needed_by: date | None = None
    met_need: str | None = Field(
        default=None, description="The further need of the request that the offer meets."
    )

    @property
    def told_distance_km(self) -> int | None:
        """The distance where it speaks for the pair: no further than `TOLD_KM`."""
        known = self.distance_km
        return known if known is not None and known <= TOLD_KM else None


class ProposedListing(Value):
    """One side of a proposal: what a mail shows of it, and whom to address."""

    listing_id: UUID
    organisation_id: UUID
    title: str
    language: Language
    city: str | None = None


class ProposalFact(Fact):
    """Every fact about a proposal belongs to the proposal's history."""

    proposal_id: UUID

    def aggregate_id(self) -> UUID:
        return self.proposal_id


class MatchProposed(ProposalFact):
    """An offer and a request fit; the organisation ids address mails and are never shown."""

    name: ClassVar[str] = "match.proposed"
    topic: ClassVar[str] = "match.proposed"
    offer: ProposedListing
    request: ProposedListing
    strength: Strength
    reasons: Reasons
    engine_version: str

    def subjects(self) -> tuple[UUID, ...]:
        return (self.offer.organisation_id, self.request.organisation_id)


class MatchAnswered(ProposalFact):
    """One side said what it thinks of a proposal."""

    name: ClassVar[str] = "match.answered"
    topic: ClassVar[str] = "match.answered"
    side: Literal["offer", "request"]
    offer_id: UUID
    request_id: UUID
    organisation_id: UUID
    counterpart_organisation_id: UUID
    member_id: UUID
    answer: Answer
    reason: DeclineReason | None = None

    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id, self.counterpart_organisation_id, self.member_id)


class MatchWithdrawn(ProposalFact):
    """A proposal is void because one of its listings ended."""

    name: ClassVar[str] = "match.withdrawn"
    topic: ClassVar[str] = "match.withdrawn"
    offer_id: UUID
    request_id: UUID
