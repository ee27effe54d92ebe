"""A pair that may be proposed as far as the own side knows."""

from dataclasses import dataclass

from matching.live_listings import View
from matching.ranking import Score
from matching.register import LivePart


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A counterpart in the own part's view, of which so many are better."""

    view: View
    other: LivePart
    score: Score
    better: int
