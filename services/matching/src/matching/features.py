"""What a pair's D is made of, kept with it: answers are judged later under other weights."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.counterparts import counterparts_of, interaction, sentences
from matching.ranking import LEAST_DEVIATION, _from_background, _lexical, _spreads
from matching.weights import WEIGHTS, Thresholds, Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Tokens T and whole text U in deviations of the offer; ``lexical`` is a share of 0 to 1.

    ``bar`` is the D that the pair had to reach when it was decided, had both put it first.
    """

    tokens: float
    sentence: float
    lexical: float
    same_category: bool
    across_categories: bool
    bar: float

    def standing(self, weights: Weights = WEIGHTS) -> float:
        """D under these weights."""
        return (
            self.tokens
            + weights.sentence_share * self.sentence
            + weights.same_category * self.same_category
            + weights.lexical_share * self.lexical
        )

    def columns(self) -> dict[str, Any]:
        return asdict(self)


def features_of(
    request: Analysis, offer: Analysis, version: AnalysisVersion, thresholds: Thresholds
) -> Features:
    offers = counterparts_of([offer])
    raw = np.array([[interaction(request, offers)[0], sentences(request, offers)[0]]], float)
    spreads = _spreads(request, offers).without_own(
        raw, _from_background(request, offers), len(version.requests)
    )
    floor = LEAST_DEVIATION * np.array(version.typical[:2])
    tokens, sentence = ((raw - spreads.means) / np.maximum(spreads.deviations, floor))[0]
    named = bool(request.category) and bool(offer.category)
    across = named and request.category != offer.category
    return Features(
        tokens=float(tokens),
        sentence=float(sentence),
        lexical=float(_lexical(request, offers, version)[0]) / WEIGHTS.lexical_share,
        same_category=request.category == offer.category,
        across_categories=across,
        bar=thresholds.possible + thresholds.across_categories * across,
    )
