"""From signals to decisions: Q orders the candidates of a listing, D says what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.counterparts import Counterparts, counterparts_of, interaction, sentences
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
        reached = self.reached(thresholds)
        if reached < thresholds.possible:
            return None
        return Strength.STRONG if reached >= thresholds.strong else Strength.POSSIBLE

    def reached(self, thresholds: Thresholds) -> float:
        return self.d - thresholds.across_categories * self.across_categories


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of many, place by place; `across` marks pairs of two named categories."""

    q: Values
    d: Values
    across: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.q)

    def best(self, count: int) -> list[int]:
        """Places by Q, best first; equals keep their order."""
        places: list[int] = np.argsort(-self.q, kind="stable")[:count].tolist()
        return places

    def reaching(self, thresholds: Thresholds) -> list[int]:
        """Places of those that have a strength, best first by Q."""
        found = np.flatnonzero(self._reached(thresholds) >= thresholds.possible)
        places: list[int] = found[np.argsort(-self.q[found], kind="stable")].tolist()
        return places

    def least_possible(self, thresholds: Thresholds) -> float:
        """Q of the last that is possible and no more; infinite where there is none."""
        reached = self._reached(thresholds)
        possible = (reached >= thresholds.possible) & (reached < thresholds.strong)
        return float(self.q[possible].min(initial=np.inf))

    def _reached(self, thresholds: Thresholds) -> Values:
        return self.d - thresholds.across_categories * self.across

    def score(self, place: int) -> Score:
        return Score(
            q=float(self.q[place]),
            d=float(self.d[place]),
            across_categories=bool(self.across[place]),
        )


NO_SCORES = Scores(q=np.zeros(0), d=np.zeros(0), across=np.zeros(0, np.bool_))


def joined(parts: Sequence[Scores]) -> Scores:
    """One after the other; there must be at least one."""
    return Scores(
        q=np.concatenate([each.q for each in parts]),
        d=np.concatenate([each.d for each in parts]),
        across=np.concatenate([each.across for each in parts]),
    )


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
    found = scores_against(one, counterparts_of(many), version)
    return tuple(map(found.score, range(len(found))))


def scores_against(one: Analysis, many: Counterparts, version: AnalysisVersion) -> Scores:
    """The same for at least one listing in arrays; objects are made for the few wanted."""
    numbers = {one.version, many.version, version.number}
    if len(numbers) > 1:
        raise DifferentVersions(", ".join(sorted(numbers)))
    raw = np.stack([interaction(one, many), sentences(one, many)], axis=1).astype(np.float64)
    spreads = _spreads(one, many)
    others = spreads.without_own(raw, _from_background(one, many), len(version.requests))
    categories = np.array(many.categories)
    same, lexical = categories == one.category, _lexical(one, many, version)
    return Scores(
        q=_ordering(raw, spreads, version) + WEIGHTS.same_category_first * same + lexical,
        d=_standing(raw, others, version) + WEIGHTS.same_category * same + lexical,
        across=(categories != one.category) & (categories != "") & (one.category != ""),
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
