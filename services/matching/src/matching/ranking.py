"""From signals to decisions: Q orders the candidates of a listing, D says what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.signals import interaction, sentences, stack_of
from matching.weights import THRESHOLDS, WEIGHTS, Thresholds
from schemas.vocabulary import ListingKind, Strength

Values = NDArray[np.float64]

LEAST_DEVIATION = 0.25
"""Floor of an offer's own deviation in D, as share of the typical one."""


class DifferentVersions(Exception):
    """Two analyses of different versions cannot be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`q` orders, `d` decides; both are in deviations and the same from either side."""

    q: float
    d: float
    across_categories: bool = False

    def strength(self, thresholds: Thresholds = THRESHOLDS) -> Strength | None:
        reached = self.d - thresholds.across_categories * self.across_categories
        if reached < thresholds.possible:
            return None
        return Strength.STRONG if reached >= thresholds.strong else Strength.POSSIBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spreads:
    """Means and deviations of the offers: one row, or a row for each of the many."""

    means: Values
    deviations: Values

    def without_own(self, raw: Values, own: NDArray[np.bool_], requests: int) -> "_Spreads":
        """Take the request's own score out where the background contains it."""
        rest = max(requests - 1, 1)
        means = (requests * self.means - raw) / rest
        squares = requests * (self.deviations**2 + self.means**2) - raw**2
        deviations = np.sqrt(np.maximum(squares / rest - means**2, 0.0))
        return _Spreads(
            means=np.where(own, means, self.means),
            deviations=np.where(own, deviations, self.deviations),
        )


def scores(one: Analysis, many: Sequence[Analysis], version: AnalysisVersion) -> tuple[Score, ...]:
    """Score one listing against listings of the other side, in their order."""
    if not many:
        return ()
    _same_version(one, many, version)
    stack = stack_of(many)
    raw = np.stack([interaction(one, stack), sentences(one, stack)], axis=1).astype(np.float64)
    spreads = _spreads(one, many)
    others = spreads.without_own(raw, _from_background(one, many), len(version.requests))
    bonus = _bonus(one, many, version)
    q, d = _ordering(raw, spreads, version), _standing(raw, others, version)
    return tuple(
        Score(q=float(order), d=float(stand), across_categories=_differ(one, other))
        for order, stand, other in zip(q + bonus, d + bonus, many, strict=True)
    )


def _ordering(raw: Values, spreads: _Spreads, version: AnalysisVersion) -> Values:
    """T' + share · U': each signal over the larger of the offer's and the typical deviation."""
    floor = np.array(version.typical[:2])
    return _blended(raw / np.maximum(spreads.deviations, floor))


def _standing(raw: Values, spreads: _Spreads, version: AnalysisVersion) -> Values:
    """The same blend of full z scores of the offer: how far above its usual requests."""
    floor = LEAST_DEVIATION * np.array(version.typical[:2])
    return _blended((raw - spreads.means) / np.maximum(spreads.deviations, floor))


def _blended(signals: Values) -> Values:
    blended: Values = signals[:, 0] + WEIGHTS.sentence_share * signals[:, 1]
    return blended


def _spreads(one: Analysis, many: Sequence[Analysis]) -> _Spreads:
    offers = [one] if one.kind is ListingKind.OFFER else many
    rows = [offer.spreads[:2] for offer in offers if offer.spreads is not None]
    return _Spreads(
        means=np.array([[spread.mean for spread in row] for row in rows]),
        deviations=np.array([[spread.deviation for spread in row] for row in rows]),
    )


def _from_background(one: Analysis, many: Sequence[Analysis]) -> NDArray[np.bool_]:
    requests = [one] if one.kind is ListingKind.REQUEST else many
    return np.array([[request.in_background] for request in requests])


def _bonus(one: Analysis, many: Sequence[Analysis], version: AnalysisVersion) -> Values:
    return np.array(
        [
            WEIGHTS.same_category * (one.category == other.category) + _lexical(one, other, version)
            for other in many
        ]
    )


def _differ(one: Analysis, other: Analysis) -> bool:
    """Whether they name two categories; one that names none differs from nobody."""
    return bool(one.category and other.category) and one.category != other.category


def _lexical(one: Analysis, other: Analysis, version: AnalysisVersion) -> float:
    if not (one.is_short or other.is_short):
        return 0.0
    request, offer = (one, other) if one.kind is ListingKind.REQUEST else (other, one)
    return WEIGHTS.lexical_share * version.background.terms.share(request.terms, offer.terms)


def _same_version(one: Analysis, many: Sequence[Analysis], version: AnalysisVersion) -> None:
    numbers = {one.version, version.number, *(other.version for other in many)}
    if len(numbers) > 1:
        raise DifferentVersions(", ".join(sorted(numbers)))
