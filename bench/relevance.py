"""Measures of a ranking and of what it proposes; graded judgements, unlisted pairs are 0."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

GOOD = 2
RESAMPLES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A share, or a mean difference, with its 95 % bootstrap interval over requests."""

    mean: float
    low: float
    high: float

    def __format__(self, each: str) -> str:
        """Each of the three numbers as the specification says."""
        return f"{self.mean:{each}} [{self.low:{each}}, {self.high:{each}}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What a decision gives each request: anything at all, and something that fits.

    ``requests`` name them, as one may be tested in many halves; ``grades`` are of the pairs.
    """

    requests: NDArray[np.intp]
    answerable: NDArray[np.bool_]
    hit: NDArray[np.bool_]
    alarmed: NDArray[np.bool_]
    grades: Matrix

    @property
    def hits(self) -> Interval:
        return rate_of(self.hit, self.requests, among=self.answerable)

    @property
    def false_alarms(self) -> Interval:
        return rate_of(self.alarmed, self.requests, among=~self.answerable)


def rate_of(
    values: NDArray[np.bool_], requests: NDArray[np.intp], *, among: NDArray[np.bool_]
) -> Interval:
    """A request is drawn with all that was found of it."""
    size = int(requests.max(initial=0)) + 1
    found = np.bincount(requests[among], weights=values[among], minlength=size)
    asked = np.bincount(requests[among], minlength=size)
    found, asked = found[asked > 0], asked[asked > 0]
    drawn = np.random.default_rng(1).integers(0, len(asked), (RESAMPLES, len(asked)))
    low, high = np.quantile(found[drawn].sum(axis=1) / asked[drawn].sum(axis=1), [0.025, 0.975])
    return Interval(mean=float(found.sum() / asked.sum()), low=float(low), high=float(high))


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


def proposals(proposed: NDArray[np.bool_], grades: Matrix, requests: NDArray[np.intp]) -> Proposals:
    return Proposals(
        requests=requests,
        answerable=np.asarray(np.max(grades, axis=1) > 0),
        hit=np.asarray((proposed & (grades > 0)).any(axis=1)),
        alarmed=np.asarray(proposed.any(axis=1)),
        grades=grades[proposed],
    )


def joined_proposals(many: Sequence[Proposals]) -> Proposals:
    """Of several tests, as one."""
    return Proposals(
        requests=np.concatenate([each.requests for each in many]),
        answerable=np.concatenate([each.answerable for each in many]),
        hit=np.concatenate([each.hit for each in many]),
        alarmed=np.concatenate([each.alarmed for each in many]),
        grades=np.concatenate([each.grades for each in many]),
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
