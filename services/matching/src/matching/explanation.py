"""Why two listings fit, as data: words that met, category, distance, dates; never a bare number."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysis
from matching.signals import alignment, stack_of
from matching.weights import WEIGHTS
from matching.wording import Likeness, Roots, meets, tells_something

Values = NDArray[np.float64]

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
    places: frozenset[str] = frozenset()
    """Names of where the two are: both texts may hold them, and say nothing by it."""


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
    request: Analysis,
    offer: Analysis,
    circumstances: Circumstances = NOTHING_KNOWN,
    *,
    roots: Roots,
) -> Reasons:
    in_time = _in_time(circumstances)
    return Reasons(
        words=aligned_words(request, offer, roots=roots, places=circumstances.places),
        same_category=bool(request.category) and request.category == offer.category,
        distance_km=_distance(circumstances),
        needed_by=circumstances.needed_by if in_time else None,
        available_from=circumstances.available_from if in_time else None,
    )


def aligned_words(
    request: Analysis, offer: Analysis, *, roots: Roots, places: frozenset[str] = frozenset()
) -> tuple[AlignedWords, ...]:
    """Pairs of whole words that carried the score and mean the same, each once, at most three."""
    met = _met(request, offer, places)
    contributions = _contributions(request, offer, met)
    chosen: list[AlignedWords] = []
    used: set[str] = set()
    for asked, offered in sorted(contributions, key=lambda pair: (-contributions[pair], pair)):
        named = {asked.casefold(), offered.casefold(), *(roots(asked) & roots(offered))}
        if len(chosen) == MOST_WORDS or used & named:
            continue
        likeness = _likeness(met[np.ix_(_places(request, asked), _places(offer, offered))])
        if meets(asked, offered, likeness=likeness, roots=roots):
            chosen.append(AlignedWords(request_word=asked, offer_word=offered))
            used |= named
    return tuple(chosen)


def _met(request: Analysis, offer: Analysis, places: frozenset[str]) -> Values:
    """Contrasted similarity of their tokens; nothing for words that are no reason."""
    met = alignment(request, stack_of([offer]))[0]
    shown = [
        np.array([tells_something(word) and word not in places for word in analysis.words], bool)
        for analysis in (request, offer)
    ]
    similar: Values = met[: len(request.words), : len(offer.words)].astype(np.float64)
    kept: Values = similar * np.outer(*shown)
    return kept


def _contributions(request: Analysis, offer: Analysis, met: Values) -> dict[tuple[str, str], float]:
    """What each pair of words added to T, from both directions."""
    contributions: defaultdict[tuple[str, str], float] = defaultdict(float)
    if not met.size:
        return contributions
    forward = enumerate(met.argmax(axis=1).tolist())
    backward = ((i, j) for j, i in enumerate(met.argmax(axis=0).tolist()))
    for pairs, weights in ((forward, _shares(request)), (backward, _shares(offer))):
        for own, (i, j) in zip(weights, pairs, strict=True):
            if met[i, j] >= LEAST_SIMILARITY:
                contributions[request.words[i], offer.words[j]] += own * float(met[i, j])
    return contributions


def _places(analysis: Analysis, word: str) -> list[int]:
    return [place for place, each in enumerate(analysis.words) if each == word]


def _likeness(met: Values) -> Likeness:
    """How near the nearest pieces of two words are, and how near all their pieces."""
    similar = met ** (1 / WEIGHTS.contrast)
    throughout = min(similar.max(axis=1).mean(), similar.max(axis=0).mean())
    return Likeness(nearest=float(similar.max()), throughout=float(throughout))


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
