"""What answers say: tables of labels, other weights, and the threshold that they suggest."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.evaluation.calibration import (
    LEAST_ANSWERS,
    TargetOutOfReach,
    TooFewAnswers,
    outcome,
    pooled,
    suggested_threshold,
)
from matching.evaluation.label import Label, ReasonKind, kinds_of
from matching.evaluation.precision import GROUPINGS, precision, precisions, wilson
from matching.evaluation.rescoring import OtherWeights, rescored
from matching.features import Features
from matching.weights import Weights
from schemas.match import Reasons
from schemas.vocabulary import Answer, DeclineReason, Strength


def a_label(
    reason: DeclineReason | None = None, *, d: float = 5.0, across: bool = False, **fields: Any
) -> Label:
    """Interested where no reason is given."""
    known: dict[str, Any] = {
        "proposal_id": uuid4(),
        "side": "request",
        "answer": Answer.INTERESTED if reason is None else Answer.NOT_FOR_US,
        "reason": reason,
        "request_category": "medical",
        "offer_category": "nursing" if across else "medical",
        "strength": Strength.POSSIBLE,
        "reason_kinds": (ReasonKind.WORDS, ReasonKind.CATEGORY),
        "words": (),
        "hindrance": None,
        "engine_version": "v1",
        "q": d,
        "d": d,
        "features": Features(
            tokens=d - 0.9, sentence=1.0, lexical=0.0, same_category=not across,
            across_categories=across, bar=3.5 + across,
        ),
        "answered_at": datetime(2026, 3, 20, tzinfo=UTC),
    }  # fmt: skip
    return Label(**known | fields)


NO = DeclineReason.WRONG_PRODUCT


@pytest.mark.parametrize(
    ("reason", "fits"),
    [
        (None, True),
        (DeclineReason.WRONG_PRODUCT, False),
        (DeclineReason.QUANTITY, False),
        (DeclineReason.REGION, False),
        (DeclineReason.DATE, False),
        (DeclineReason.OTHER, False),
        (DeclineReason.ALREADY_SOLVED, None),
        (DeclineReason.OUTDATED, None),
        (DeclineReason.COMPETITOR, None),
    ],
)
def test_which_answers_judge_the_pair(reason: DeclineReason | None, *, fits: bool | None) -> None:
    assert a_label(reason).fits is fits


def test_precision_has_its_base_and_its_interval() -> None:
    labels = [a_label()] * 8 + [a_label(NO)] * 2 + [a_label(DeclineReason.OUTDATED)] * 5
    found = precision("all", labels)

    assert (found.fitting, found.judged, found.share) == (8, 10, 0.8)
    assert found.interval == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_what_nobody_judged_has_no_share() -> None:
    found = precision("all", [a_label(DeclineReason.COMPETITOR)])

    assert (found.judged, found.share, found.interval) == (0, None, None)


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_share(base: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, base))
    low, high = wilson(hits, base)

    assert 0.0 <= low <= hits / base + 1e-9
    assert hits / base - 1e-9 <= high <= 1.0


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        ("category", [("medical", 1, 2), ("nursing", 1, 1)]),
        ("reason", [("category", 1, 2), ("distance", 1, 1), ("words", 1, 2)]),
        ("engine version", [("v1", 1, 2), ("v2", 1, 1)]),
    ],
)
def test_groups(grouping: str, expected: list[tuple[str, int, int]]) -> None:
    other = a_label(
        request_category="nursing", engine_version="v2", reason_kinds=(ReasonKind.DISTANCE,)
    )
    found = precisions([a_label(), a_label(NO), other], GROUPINGS[grouping])

    assert [(row.name, row.fitting, row.judged) for row in found] == expected


def test_a_proposal_without_any_reason_was_explained_with_the_whole_text() -> None:
    assert kinds_of(Reasons()) == (ReasonKind.WHOLE_TEXT,)
    assert kinds_of(Reasons(distance_km=3, met_need="Schläuche")) == (
        ReasonKind.DISTANCE,
        ReasonKind.FURTHER_NEED,
    )
    assert kinds_of(Reasons(distance_km=101)) == (ReasonKind.WHOLE_TEXT,)


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        (OtherWeights(), 2),
        (OtherWeights(possible=4.5), 1),
        (OtherWeights(weights=Weights(sentence_share=0.0)), 1),
        (OtherWeights(weights=Weights(same_category=0.1)), 1),
        (OtherWeights(weights=Weights(sentence_share=2.0), possible=4.5), 2),
    ],
)
def test_other_weights_propose_others(other: OtherWeights, kept: int) -> None:
    found = rescored([a_label(d=5.0), a_label(NO, d=3.8), a_label(features=None)], other)

    assert (found.before.judged, found.after.judged, found.unknown) == (2, kept, 1)
    assert (found.fitting_lost, found.misfits_avoided) == (0, 2 - kept)


def test_across_categories_the_bar_is_higher() -> None:
    across = a_label(d=4.8, across=True)

    assert across.reached == pytest.approx(3.8)
    assert rescored([across], OtherWeights(across_categories=1.5)).after.judged == 0
    assert a_label(d=4.8, across=True, features=None).reached == pytest.approx(3.8)


@pytest.mark.parametrize(
    ("outcomes", "curve"),
    [
        ([], []),
        ([0, 0, 1, 1], [0, 0, 1, 1]),
        ([1, 0], [0.5, 0.5]),
        ([0, 1, 0, 1], [0, 0.5, 0.5, 1]),
        ([1, 1, 0, 0], [0.5] * 4),
        ([0, 1, 1, 0, 1], [0, 2 / 3, 2 / 3, 2 / 3, 1]),
    ],
)
def test_adjacent_violators_are_pooled(outcomes: list[int], curve: list[float]) -> None:
    assert pooled(outcomes).tolist() == pytest.approx(curve)


@given(st.lists(st.integers(0, 1), max_size=80))
def test_the_curve_rises_and_keeps_the_mean(outcomes: list[int]) -> None:
    curve = pooled(outcomes).tolist()

    assert curve == sorted(curve)
    assert sum(curve) == pytest.approx(sum(outcomes))


def answers(*steps: tuple[float, int, int]) -> list[Label]:
    """From each reached value, so many that fit of so many."""
    return [
        a_label(None if place < fitting else NO, d=d)
        for d, fitting, judged in steps
        for place in range(judged)
    ]


STEPS = ((3.5, 30, 100), (4.5, 75, 100), (5.5, 95, 100))


@pytest.mark.parametrize(
    ("target", "threshold"), [(0.3, 3.5), (0.31, 4.5), (0.7, 4.5), (0.76, 5.5), (0.95, 5.5)]
)
def test_the_threshold_is_the_lowest_that_fits_often_enough(
    target: float, threshold: float
) -> None:
    labels = answers(*STEPS)

    assert suggested_threshold(labels, target) == threshold
    found = outcome(threshold, labels, [3.0, 3.6, 4.6, 6.0])
    assert found.proposals == {3.5: 3, 4.5: 2, 5.5: 1}[threshold]
    assert (found.precision.judged, found.precision.fitting) == {
        3.5: (300, 200), 4.5: (200, 170), 5.5: (100, 95),
    }[threshold]  # fmt: skip


def test_a_target_that_no_pair_reaches_is_refused() -> None:
    with pytest.raises(TargetOutOfReach):
        suggested_threshold(answers(*STEPS), 0.96)


def test_answers_that_judge_nothing_do_not_count() -> None:
    labels = answers((4.0, LEAST_ANSWERS - 1, LEAST_ANSWERS - 1))
    with pytest.raises(TooFewAnswers):
        suggested_threshold([*labels, a_label(DeclineReason.OUTDATED)], 0.5)

    assert suggested_threshold([*labels, a_label(d=4.0)], 0.5) == 4.0
