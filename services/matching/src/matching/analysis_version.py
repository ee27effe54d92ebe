"""One analysis version: everything scores depend on, fitted once; scores never cross versions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from matching.analysis import Analysis, Spread, analysis_of
from matching.background import Background, fitted_background
from matching.encoder import Floats
from matching.projection import Projection, fitted_projection
from matching.reading import Reading
from matching.signals import Stack, interaction, sentences, stack_of, vectors
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisVersion:
    """`requests` are the background's; `typical` the mean deviation of T, U and vector scores.

    `joined` tells that live listings are part of the background: D runs lower then.
    """

    number: str
    background: Background
    projection: Projection
    requests: Stack
    typical: tuple[float, float, float]
    joined: bool = False

    def analysed(self, reading: Reading, *, in_background: bool = False) -> Analysis:
        """Analyse a listing; an offer is measured against the background's requests at once."""
        analysis = analysis_of(
            reading,
            background=self.background,
            projection=self.projection,
            version=self.number,
        )
        if analysis.kind is ListingKind.REQUEST:
            return replace(analysis, in_background=in_background)
        return analysis.with_spreads(spreads_against(self.requests, analysis))


def spreads_against(requests: Stack, offer: Analysis) -> tuple[Spread, Spread, Spread]:
    return (
        _spread(interaction(offer, requests)),
        _spread(sentences(offer, requests)),
        _spread(vectors(offer, requests)),
    )


def fitted_version(
    readings: Sequence[Reading], *, samples: Sequence[Reading] | Projection, number: str
) -> AnalysisVersion:
    """Fit a version on listings; `samples` widen the projection's basis, or are one already."""
    background = fitted_background(readings)
    projection = (
        samples
        if isinstance(samples, Projection)
        else fitted_projection(
            samples,
            background=background,
            sentence_factor=_sentence_factor(readings, background),
        )
    )
    analyses = [
        analysis_of(reading, background=background, projection=projection, version=number)
        for reading in readings
    ]
    requests = stack_of([a for a in analyses if a.kind is ListingKind.REQUEST])
    spreads = [spreads_against(requests, a) for a in analyses if a.kind is ListingKind.OFFER]
    return AnalysisVersion(
        number=number,
        background=background,
        projection=projection,
        requests=requests,
        typical=_typical(spreads),
    )


def _typical(spreads: Sequence[tuple[Spread, Spread, Spread]]) -> tuple[float, float, float]:
    tokens, sentence, vector = np.mean(
        [[spread.deviation for spread in offer] for offer in spreads], axis=0
    )
    return float(tokens), float(sentence), float(vector)


def _spread(scores: Floats) -> Spread:
    return Spread(mean=float(scores.mean()), deviation=float(scores.std()))


def _sentence_factor(readings: Sequence[Reading], background: Background) -> float:
    """Weight of U in the stored vector, so that its dot product equals P' + share · U'."""
    weighted = _mean_deviation(readings, [background.weighted(r) for r in readings])
    sentence = _mean_deviation(readings, [background.sentence(r) for r in readings])
    return sqrt(WEIGHTS.stored_sentence_share * weighted / max(sentence, 1e-9))


def _mean_deviation(readings: Sequence[Reading], rows: Sequence[Floats]) -> float:
    sides = [
        np.stack([row for reading, row in zip(readings, rows, strict=True) if reading.kind is kind])
        for kind in (ListingKind.REQUEST, ListingKind.OFFER)
    ]
    return float((sides[0] @ sides[1].T).std(axis=0).mean())
