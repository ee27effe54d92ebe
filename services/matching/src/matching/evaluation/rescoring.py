"""Answered pairs under other weights: which would still have been proposed, and how they did.

What was never proposed has no answer; a rescoring says nothing about it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matching.evaluation.label import Label
from matching.evaluation.precision import Precision, precision
from matching.weights import THRESHOLDS, WEIGHTS, Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWeights:
    """``possible`` replaces the threshold that was in force; without it that one stays."""

    weights: Weights = WEIGHTS
    across_categories: float = THRESHOLDS.across_categories
    possible: float | None = None

    def propose(self, label: Label) -> bool:
        """Only for labels with features."""
        features = label.features
        assert features is not None  # noqa: S101 - the type cannot say what `rescored` sifts
        threshold = self.possible
        if threshold is None:
            threshold = features.bar - THRESHOLDS.across_categories * features.across_categories
        bar = threshold + self.across_categories * features.across_categories
        return features.standing(self.weights) >= bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored:
    """``before`` and ``after`` judge the same answers; ``unknown`` ones lack their features."""

    before: Precision
    after: Precision
    unknown: int

    @property
    def fitting_lost(self) -> int:
        return self.before.fitting - self.after.fitting

    @property
    def misfits_avoided(self) -> int:
        before, after = self.before, self.after
        return (before.judged - before.fitting) - (after.judged - after.fitting)


def rescored(labels: Sequence[Label], other: OtherWeights) -> Rescored:
    known = [label for label in labels if label.features is not None]
    return Rescored(
        before=precision("as proposed", known),
        after=precision("under these weights", _kept(known, other)),
        unknown=len(labels) - len(known),
    )


def _kept(labels: Iterable[Label], other: OtherWeights) -> list[Label]:
    return [label for label in labels if other.propose(label)]
