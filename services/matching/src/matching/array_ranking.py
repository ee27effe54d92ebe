"""The scores of `ranking` for many counterparts, as arrays; objects only for the few wanted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.counterparts import Counterparts, interaction, sentences
from matching.ranking import (
    DifferentVersions,
    Score,
    Values,
    _ordering,
    _Spreads,
    _standing,
)
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """`q` orders, `d` decides, place by place; `across` marks pairs of two named categories."""

    q: Values
    d: Values
    across: NDArray[np.bool_]

    def best(self, count: int) -> list[int]:
        """Places by Q, best first; equals keep their order."""
        places: list[int] = np.argsort(-self.q, kind="stable")[:count].tolist()
        return places

    def score(self, place: int) -> Score:
        return Score(
            q=float(self.q[place]),
            d=float(self.d[place]),
            across_categories=bool(self.across[place]),
        )


def scores_against(one: Analysis, many: Counterparts, version: AnalysisVersion) -> Scores:
    """Score one listing against at least one listing of the other side."""
    numbers = {one.version, many.version, version.number}
    if len(numbers) > 1:
        raise DifferentVersions(", ".join(sorted(numbers)))
    raw = np.stack([interaction(one, many), sentences(one, many)], axis=1).astype(np.float64)
    spreads = _spreads(one, many)
    others = spreads.without_own(raw, _from_background(one, many), len(version.requests))
    categories = np.array(many.categories)
    bonus = WEIGHTS.same_category * (categories == one.category) + _lexical(one, many, version)
    return Scores(
        q=_ordering(raw, spreads, version) + bonus,
        d=_standing(raw, others, version) + bonus,
        across=(categories != one.category) & (categories != "") & (one.category != ""),
    )


def _spreads(one: Analysis, many: Counterparts) -> _Spreads:
    if one.spreads is None:
        return _Spreads(means=many.spreads[:, :, 0], deviations=many.spreads[:, :, 1])
    rows = np.array([[(spread.mean, spread.deviation) for spread in one.spreads[:2]]])
    return _Spreads(means=rows[:, :, 0], deviations=rows[:, :, 1])


def _from_background(one: Analysis, many: Counterparts) -> NDArray[np.bool_]:
    if one.kind is ListingKind.REQUEST:
        return np.array([[one.in_background]])
    return many.in_background[:, None]


def _lexical(one: Analysis, many: Counterparts, version: AnalysisVersion) -> Values:
    """BM25 where one of the two is short; most pairs share no term, and score nothing."""
    bonus = np.zeros(len(many))
    places = range(len(many)) if one.is_short else np.flatnonzero(many.short).tolist()
    statistics, own = version.background.terms, set(one.terms)
    for place in places:
        terms = many.terms(place)
        if not own.isdisjoint(terms):
            asks = one.kind is ListingKind.REQUEST
            request, offer = (one.terms, terms) if asks else (terms, one.terms)
            bonus[place] = WEIGHTS.lexical_share * statistics.share(request, offer)
    return bonus
