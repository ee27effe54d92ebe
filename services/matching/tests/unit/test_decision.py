import pytest

from matching.decision import Places, better_than, decided
from matching.ranking import Score
from matching.weights import THRESHOLDS, Thresholds
from schemas.vocabulary import Strength

POSSIBLE = Score(q=5.0, d=THRESHOLDS.possible)
SECOND = Score(q=5.0, d=THRESHOLDS.possible + THRESHOLDS.second_place)
STRONG = Score(q=9.0, d=THRESHOLDS.strong)


def at(better_here: int, better_there: int) -> Places:
    return Places(better_here=better_here, better_there=better_there)


@pytest.mark.parametrize(
    ("score", "places", "strength"),
    [
        (POSSIBLE, at(0, 0), Strength.POSSIBLE),
        (POSSIBLE, at(0, 1), None),
        (POSSIBLE, at(1, 0), None),
        (SECOND, at(0, 1), Strength.POSSIBLE),
        (SECOND, at(1, 0), Strength.POSSIBLE),
        (SECOND, at(1, 1), None),
        (SECOND, at(0, 2), None),
        (STRONG, at(7, 9), Strength.STRONG),
        (Score(q=5.0, d=THRESHOLDS.possible - 0.01), at(0, 0), None),
    ],
)
def test_a_possible_pair_must_stand_among_the_first_of_both_sides(
    score: Score, places: Places, strength: Strength | None
) -> None:
    assert decided(score, places, THRESHOLDS) is strength


@pytest.mark.parametrize(
    ("d", "strength"), [(4.9, None), (5.0, Strength.POSSIBLE), (7.0, Strength.STRONG)]
)
def test_a_pair_across_categories_must_reach_more(d: float, strength: Strength | None) -> None:
    thresholds = Thresholds(possible=4.0, strong=6.0, across_categories=1.0)
    score = Score(q=5.0, d=d, across_categories=True)

    assert decided(score, at(0, 0), thresholds) is strength


def test_equals_share_a_place() -> None:
    assert better_than(POSSIBLE, [POSSIBLE.q, POSSIBLE.q, STRONG.q]) == 1
