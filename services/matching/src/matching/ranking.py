"""From signals to decisions: Q orders the candidates of a listing, D says what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.encoder import Floats
from matching.signals import interaction, sentences, stack_of
from matching.weights import THRESHOLDS, WEIGHTS, Thresholds
from schemas.vocabulary import ListingKind, Strength

LEAST_DEVIATION = 0.25
"""Floor of an offer's own deviation in D, as share of the typical one."""


class DifferentVersions(Exception):
    """Two analyses of different versions cannot be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`q` orders, `d` decides; both are in deviations and the same from either side."""

    q: float
    d: float

    def strength(self, thresholds: Thresholds = THRESHOLDS) -> Strength | None:
        if self.d < thresholds.possible:
            return None
        return Strength.STRONG if self.d >= thresholds.strong else Strength.POSSIBLE


def scores(
    one: Analysis, many: Sequence[Analysis], version: AnalysisVersion
) -> tuple[Score, ...]:
    """Score one listing against listings of the other side, in their order."""
    if not many:
        return ()
    _same_version(one, many, version)
    stack = stack_of(many)
    raw = (interaction(one, stack), sentences(one, stack))
    bonus = _bonus(one, many, version)
    q, d = _ordering(one, many, raw, version), _standing(one, many, raw, version)
    return tuple(
        Score(q=float(order), d=float(stand))
        for order, stand in zip(q + bonus, d + bonus, strict=True)
    )


def _ordering(
    one: Analysis, many: Sequence[Analysis], raw: tuple[Floats, Floats], version: AnalysisVersion
) -> Floats:
    """T' + share · U': each signal over the larger of the offer's and the typical deviation."""
    _, deviations = _offer_spreads(one, many)
    floor = np.array(version.typical[:2])
    scaled = np.stack(raw, axis=1) / np.maximum(deviations, floor)
    return _blended(scaled)


def _standing(
    one: Analysis, many: Sequence[Analysis], raw: tuple[Floats, Floats], version: AnalysisVersion
) -> Floats:
    """The same blend of full z scores of the offer: how far above its usual requests."""
    means, deviations = _offer_spreads(one, many)
    floor = LEAST_DEVIATION * np.array(version.typical[:2])
    standing = (np.stack(raw, axis=1) - means) / np.maximum(deviations, floor)
    return _blended(standing)


def _blended(signals: Floats) -> Floats:
    blended: Floats = signals[:, 0] + WEIGHTS.sentence_share * signals[:, 1]
    return blended


def _offer_spreads(one: Analysis, many: Sequence[Analysis]) -> tuple[Floats, Floats]:
    offers = [one] if one.kind is ListingKind.OFFER else many
    spreads = [offer.spreads[:2] for offer in offers if offer.spreads is not None]
    means = np.array([[spread.mean for spread in pair] for pair in spreads])
    deviations = np.array([[spread.deviation for spread in pair] for pair in spreads])
    return means, deviations


def _bonus(one: Analysis, many: Sequence[Analysis], version: AnalysisVersion) -> Floats:
    return np.array(
        [
            WEIGHTS.same_category * (one.category == other.category)
            + _lexical(one, other, version)
            for other in many
        ]
    )


def _lexical(one: Analysis, other: Analysis, version: AnalysisVersion) -> float:
    if not (one.is_short or other.is_short):
        return 0.0
    request, offer = (one, other) if one.kind is ListingKind.REQUEST else (other, one)
    return WEIGHTS.lexical_share * version.background.terms.share(request.terms, offer.terms)


def _same_version(one: Analysis, many: Sequence[Analysis], version: AnalysisVersion) -> None:
    numbers = {one.version, version.number, *(other.version for other in many)}
    if len(numbers) > 1:
        raise DifferentVersions(", ".join(sorted(numbers)))
