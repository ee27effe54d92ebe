"""How often proposals fitted, each share with its base and its 95 % interval (Wilson 1927)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from matching.evaluation.label import Label

NORMAL_95 = 1.959964
FEW = 30
"""Below so many answers an interval is too wide to act on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """Of ``judged`` answers that judge the pair, ``fitting`` said that it fits."""

    name: str
    fitting: int
    judged: int

    @property
    def share(self) -> float | None:
        return self.fitting / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.fitting, self.judged) if self.judged else None


def wilson(hits: int, base: int) -> tuple[float, float]:
    square = NORMAL_95**2
    centre = (hits + square / 2) / (base + square)
    spread = sqrt(hits * (base - hits) / base + square / 4) * NORMAL_95 / (base + square)
    return max(0.0, centre - spread), min(1.0, centre + spread)


def precision(name: str, labels: Iterable[Label]) -> Precision:
    verdicts = [label.fits for label in labels]
    return Precision(
        name=name, fitting=verdicts.count(True), judged=len(verdicts) - verdicts.count(None)
    )


def precisions(
    labels: Sequence[Label], groups: Callable[[Label], Iterable[str]]
) -> tuple[Precision, ...]:
    """One a group, by name; a label may belong to several."""
    grouped: defaultdict[str, list[Label]] = defaultdict(list)
    for label in labels:
        for name in groups(label):
            grouped[name].append(label)
    return tuple(precision(name, grouped[name]) for name in sorted(grouped))


GROUPINGS: dict[str, Callable[[Label], Iterable[str]]] = {
    "category": lambda label: [label.request_category or "(unknown)"],
    "reason": lambda label: label.reason_kinds,
    "engine version": lambda label: [label.engine_version],
    "strength": lambda label: [label.strength],
    "answered by": lambda label: [label.side],
}
