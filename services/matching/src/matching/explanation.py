"""Why two listings fit, as data: words that met, category, distance, dates; never a bare number."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt

import numpy as np

from matching.analysis import Analysis
from matching.signals import alignment, stack_of
from matching.words import says_something

MOST_WORDS = 3
LEAST_SIMILARITY = 0.25
"""Contrasted similarity below which two words are no reason."""

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedWords:
    """A word of the request and the word of the offer that it met."""

    request_word: str
    offer_word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of a pair beyond its texts."""

    request_position: Position | None = None
    offer_position: Position | None = None
    needed_by: date | None = None
    available_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Every part may be absent; dates stand only where they fit each other."""

    words: tuple[AlignedWords, ...]
    same_category: bool
    distance_km: int | None = None
    needed_by: date | None = None
    available_from: date | None = None


NOTHING_KNOWN = Circumstances()


def reasons(
    request: Analysis, offer: Analysis, circumstances: Circumstances = NOTHING_KNOWN
) -> Reasons:
    in_time = _in_time(circumstances)
    return Reasons(
        words=aligned_words(request, offer),
        same_category=request.category == offer.category,
        distance_km=_distance(circumstances),
        needed_by=circumstances.needed_by if in_time else None,
        available_from=circumstances.available_from if in_time else None,
    )


def aligned_words(request: Analysis, offer: Analysis) -> tuple[AlignedWords, ...]:
    """The pairs of whole words that carried most of the score, each word once, at most three."""
    contributions = _contributions(request, offer)
    chosen: list[AlignedWords] = []
    used: set[str] = set()
    for asked, offered in sorted(contributions, key=lambda pair: (-contributions[pair], pair)):
        if len(chosen) == MOST_WORDS:
            break
        if not used & {asked.casefold(), offered.casefold()}:
            chosen.append(AlignedWords(request_word=asked, offer_word=offered))
            used |= {asked.casefold(), offered.casefold()}
    return tuple(chosen)


def _contributions(request: Analysis, offer: Analysis) -> dict[tuple[str, str], float]:
    """What each pair of words added to T, from both directions."""
    met = alignment(request, stack_of([offer]))[0]
    asked, offered = len(request.words), len(offer.words)
    met = met[:asked, :offered]
    contributions: defaultdict[tuple[str, str], float] = defaultdict(float)
    if not met.size:
        return contributions
    forward = zip(range(asked), met.argmax(axis=1).tolist(), strict=True)
    backward = zip(met.argmax(axis=0).tolist(), range(offered), strict=True)
    for pairs, weights in ((forward, _shares(request)), (backward, _shares(offer))):
        for own, (i, j) in zip(weights, pairs, strict=True):
            pair = (request.words[i], offer.words[j])
            if met[i, j] >= LEAST_SIMILARITY and all(map(says_something, pair)):
                contributions[pair] += own * float(met[i, j])
    return contributions


def _shares(analysis: Analysis) -> list[float]:
    weights = analysis.weights[: len(analysis.words)].astype(np.float64)
    return [float(weight) for weight in weights / max(weights.sum(), 1e-9)]


def _in_time(circumstances: Circumstances) -> bool:
    needed, available = circumstances.needed_by, circumstances.available_from
    return needed is not None and available is not None and available <= needed


def _distance(circumstances: Circumstances) -> int | None:
    request, offer = circumstances.request_position, circumstances.offer_position
    if request is None or offer is None:
        return None
    return round(distance_km(request, offer))


def distance_km(one: Position, other: Position) -> float:
    """Great-circle distance."""
    north = radians(other.latitude - one.latitude) / 2
    east = radians(other.longitude - one.longitude) / 2
    narrowing = cos(radians(one.latitude)) * cos(radians(other.latitude))
    half_chord = sqrt(sin(north) ** 2 + narrowing * sin(east) ** 2)
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, half_chord))
