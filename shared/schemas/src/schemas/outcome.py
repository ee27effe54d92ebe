"""What came of a contact: the question, and the answer."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from schemas.event import Fact
from schemas.vocabulary import NothingReason, Outcome


class OutcomeFact(Fact):
    """Every fact about an outcome names the contact and the side that is asked."""

    question_id: UUID
    contact_id: UUID
    organisation_id: UUID
    after_days: int

    def aggregate_id(self) -> UUID:
        return self.contact_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)


class OutcomeAsked(OutcomeFact):
    """It is time to ask one side of a contact what came of it."""

    name: ClassVar[str] = "outcome.asked"
    topic: ClassVar[str] = "outcome.asked"
    member_id: UUID
    listing_title: str
    counterpart_organisation_id: UUID
    closes_at: AwareDatetime

    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id, self.member_id, self.counterpart_organisation_id)


class OutcomeReported(OutcomeFact):
    """One side said what came of a contact; ``final`` ends the questions."""

    name: ClassVar[str] = "outcome.reported"
    topic: ClassVar[str] = "outcome.reported"
    outcome: Outcome
    reason: NothingReason | None = None
    final: bool
