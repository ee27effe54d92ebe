"""The threshold that answers suggest: isotonic regression of "fits" on what the pairs reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.label import Label
from matching.evaluation.precision import Precision, precision

LEAST_ANSWERS = 200
Values = NDArray[np.float64]


class TooFewAnswers(Exception):
    """Fewer than `LEAST_ANSWERS` judge a pair of this version."""


class TargetOutOfReach(Exception):
    """Even the best pairs did not fit as often as the target asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a threshold makes of the answered pairs, and how many proposals it lets through."""

    threshold: float
    precision: Precision
    proposals: int


def pooled(outcomes: Sequence[float]) -> Values:
    """The non-decreasing sequence nearest to the outcomes, in least squares.

    Pool adjacent violators: Ayer, Brunk, Ewing, Reid, Silverman, "An empirical distribution
    function for sampling with incomplete information", Annals of Mathematical Statistics 1955.
    """
    means: list[float] = []
    sizes: list[int] = []
    for outcome in outcomes:
        mean, size = float(outcome), 1
        while means and means[-1] >= mean:
            before = sizes.pop()
            mean = (means.pop() * before + mean * size) / (before + size)
            size += before
        means.append(mean)
        sizes.append(size)
    return np.repeat(np.array(means), sizes)


def suggested_threshold(labels: Iterable[Label], target: float) -> float:
    """The lowest reached value from which pairs fit as often as the target asks.

    It never lies below the weakest answered pair: nobody knows what is there.
    """
    # Equal values: those that fit first, so that pooling makes one step of them.
    judged = sorted((label.reached, not label.fits) for label in labels if label.fits is not None)
    if len(judged) < LEAST_ANSWERS:
        raise TooFewAnswers(len(judged))
    curve = pooled([float(not misfit) for _, misfit in judged])
    reaching = np.flatnonzero(curve >= target)
    if not reaching.size:
        raise TargetOutOfReach(float(curve[-1]))
    return judged[int(reaching[0])][0]


def outcome(threshold: float, labels: Iterable[Label], proposed: Sequence[float]) -> Outcome:
    """``proposed`` are the reached values of all pairs that were decided under the version."""
    kept = [label for label in labels if label.reached >= threshold]
    return Outcome(
        threshold=threshold,
        precision=precision("", kept),
        proposals=sum(value >= threshold for value in proposed),
    )
