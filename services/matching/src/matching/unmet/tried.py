"""What was tried for a request: one proposal, and what either side said."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from matching.proposal import GivenAnswer
from schemas.vocabulary import Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedProposal:
    """``title`` is the offer's, empty once it ended."""

    offer_organisation_id: UUID
    title: str
    strength: Strength
    proposed_at: datetime
    withdrawn: bool
    offer_said: GivenAnswer | None
    request_said: GivenAnswer | None
