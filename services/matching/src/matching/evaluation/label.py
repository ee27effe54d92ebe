"""A label: what one side said of a proposal, with what was known of the pair."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from matching.features import Features
from matching.hindrance import Hindrance
from matching.proposal import SideName
from matching.weights import THRESHOLDS
from schemas.match import Reasons, WordPair
from schemas.vocabulary import Answer, DeclineReason, Strength

MISFITS = frozenset(
    {
        DeclineReason.WRONG_PRODUCT,
        DeclineReason.QUANTITY,
        DeclineReason.REGION,
        DeclineReason.DATE,
        DeclineReason.OTHER,
    }
)
"""The other reasons say nothing of the pair: it came too late, or to the wrong people."""


class ReasonKind(StrEnum):
    """What a proposal was explained with."""

    WORDS = "words"
    CATEGORY = "category"
    DISTANCE = "distance"
    DATES = "dates"
    FURTHER_NEED = "further-need"
    WHOLE_TEXT = "whole-text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """``features`` is absent for proposals made before they were kept."""

    proposal_id: UUID
    side: SideName
    answer: Answer
    reason: DeclineReason | None
    request_category: str
    offer_category: str
    strength: Strength
    reason_kinds: tuple[ReasonKind, ...]
    words: tuple[WordPair, ...]
    hindrance: Hindrance | None
    engine_version: str
    q: float
    d: float
    features: Features | None
    answered_at: datetime

    @property
    def fits(self) -> bool | None:
        """None where the answer does not judge whether the two belong together."""
        if self.answer is Answer.INTERESTED:
            return True
        return False if self.reason in MISFITS else None

    @property
    def reached(self) -> float:
        """What was compared with the threshold."""
        return reached(self.d, self.features, self.request_category, self.offer_category)


def reached(
    d: float, features: Features | None, request_category: str, offer_category: str
) -> float:
    """Listings that ended have lost their category; the features keep whether they differed."""
    named = "" not in (request_category, offer_category)
    across = named and request_category != offer_category
    if features is not None:
        across = features.across_categories
    return d - THRESHOLDS.across_categories * across


def kinds_of(reasons: Reasons) -> tuple[ReasonKind, ...]:
    return tuple(_kinds(reasons)) or (ReasonKind.WHOLE_TEXT,)


def _kinds(reasons: Reasons) -> Iterator[ReasonKind]:
    if reasons.words:
        yield ReasonKind.WORDS
    if reasons.same_category is not None:
        yield ReasonKind.CATEGORY
    if reasons.told_distance_km is not None:
        yield ReasonKind.DISTANCE
    if reasons.needed_by is not None or reasons.available_from is not None:
        yield ReasonKind.DATES
    if reasons.met_need is not None:
        yield ReasonKind.FURTHER_NEED
