"""Measures of a ranking and of what it proposes; graded judgements, unlisted pairs are 0."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

GOOD = 2
RESAMPLES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Mean difference with its 95 % bootstrap interval over the same requests."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What a decision gives: hits of the answerable requests, alarms of the others."""

    hit_rate: float
    false_alarms: float
    proposed: int
    fitting_share: float
    good_share: float


def order(scores: Matrix) -> NDArray[np.intp]:
    return np.argsort(-scores, axis=1, kind="stable")


def ndcg(scores: Matrix, grades: Matrix, depth: int = 10) -> Matrix:
    """Gain 2^grade − 1, one value for each request with a relevant offer."""
    gains = 2.0**grades - 1
    discounts = 1 / np.log2(np.arange(2, depth + 2))
    found = np.take_along_axis(gains, order(scores), axis=1)[:, :depth]
    ideal = -np.sort(-gains, axis=1)[:, :depth]
    answerable = grades.max(axis=1) > 0
    width = found.shape[1]
    values: Matrix = (found @ discounts[:width] / np.maximum(ideal @ discounts[:width], 1e-9))[
        answerable
    ]
    return values


def recall(scores: Matrix, grades: Matrix, depth: int = 20) -> Matrix:
    relevant = np.take_along_axis(grades > 0, order(scores), axis=1)
    return _answerable(
        relevant[:, :depth].sum(axis=1) / np.maximum(relevant.sum(axis=1), 1), grades
    )


def precision(scores: Matrix, grades: Matrix, depth: int = 5) -> Matrix:
    relevant = np.take_along_axis(grades > 0, order(scores), axis=1)
    return _answerable(relevant[:, :depth].mean(axis=1), grades)


def reciprocal_rank(scores: Matrix, grades: Matrix) -> Matrix:
    relevant = np.take_along_axis(grades > 0, order(scores), axis=1)
    return _answerable(1 / (relevant.argmax(axis=1) + 1), grades)


def proposals(proposed: NDArray[np.bool_], grades: Matrix) -> Proposals:
    answerable: NDArray[np.bool_] = np.asarray(np.max(grades, axis=1) > 0)
    hits = np.asarray((proposed & (grades > 0)).any(axis=1))[answerable]
    alarms = np.asarray(proposed.any(axis=1))[~answerable]
    return Proposals(
        hit_rate=float(hits.mean()),
        false_alarms=float(alarms.mean()) if len(alarms) else 0.0,
        proposed=int(proposed.sum()),
        fitting_share=float((grades[proposed] > 0).mean()) if proposed.any() else 0.0,
        good_share=float((grades[proposed] >= GOOD).mean()) if proposed.any() else 0.0,
    )


def strong_threshold(decisions: Matrix, grades: Matrix, *, share: float = 0.9) -> float:
    """The lowest value from which the wanted share of the pairs above has a good grade."""
    best_first = np.argsort(-decisions, axis=None, kind="stable")
    good = np.cumsum(grades.ravel()[best_first] >= GOOD)
    enough = np.flatnonzero(good / np.arange(1, len(good) + 1) >= share)
    return float(decisions.ravel()[best_first[enough[-1]]]) if len(enough) else float("inf")


def paired_interval(ours: Matrix, baseline: Matrix, *, seed: int = 1) -> Interval:
    difference = ours - baseline
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, len(difference), (RESAMPLES, len(difference)))
    means = difference[drawn].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(mean=float(difference.mean()), low=float(low), high=float(high))


def _answerable(values: Matrix, grades: Matrix) -> Matrix:
    answerable: Matrix = values[np.max(grades, axis=1) > 0]
    return answerable


Measure = Callable[[Matrix, Matrix], Matrix]
MEASURES: dict[str, Measure] = {
    "nDCG@10": ndcg,
    "P@5": precision,
    "R@20": recall,
    "MRR": reciprocal_rank,
}
