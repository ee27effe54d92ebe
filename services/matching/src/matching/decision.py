"""What is proposed: pairs above the threshold that both sides would look at among their first."""

from collections.abc import Iterable
from dataclasses import dataclass

from matching.ranking import Score
from matching.weights import NEED_SHARE, Thresholds
from schemas.vocabulary import Strength

LOOKED_AT = 2
"""The best of one side must be among so many of the other's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many of the other side suit one of the two better, and how many suit the other one."""

    better_here: int
    better_there: int

    @property
    def first_for_both(self) -> bool:
        return self.better_here == self.better_there == 0

    @property
    def first_and_looked_at(self) -> bool:
        first, second = sorted((self.better_here, self.better_there))
        return first == 0 and second < LOOKED_AT


def decided(score: Score, places: Places, thresholds: Thresholds) -> Strength | None:
    """A strong pair is proposed wherever it stands; a possible one only to its best counterparts.

    So a popular offer never hides a request that it clearly fits, and a market with nothing that
    fits does not fill up with second-best guesses. That two put each other first says much of its
    own: where one of them has somebody better, the texts must say more.
    """
    strength = score.strength(thresholds)
    if strength is not Strength.POSSIBLE or places.first_for_both:
        return strength
    enough = score.reached(thresholds) >= thresholds.possible + thresholds.second_place
    return strength if enough and places.first_and_looked_at else None


def of_a_need(q: float) -> float:
    """What a further need's Q counts beside that of whole requests, in either's list."""
    return min(q, NEED_SHARE * q)


def better_than(score: Score, others: Iterable[float]) -> int:
    """How many stand before it by Q; equals share a place."""
    return sum(q > score.q for q in others)
