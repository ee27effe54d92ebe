"""Why two listings fit, as data: words that met, category, distance, dates; never a bare number."""

from dataclasses import dataclass
from datetime import date
from math import asin, cos, radians, sin, sqrt

from matching.analysis import Analysis
from matching.known_words import NO_WORDS_KNOWN, KnownWords
from matching.word_alignment import AlignedWords, aligned_words
from matching.wording import Roots

EARTH_RADIUS_KM = 6371.0


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
    known_words: KnownWords = NO_WORDS_KNOWN


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
        words=aligned_words(
            request,
            offer,
            roots=roots,
            places=circumstances.places,
            known=circumstances.known_words,
        ),
        same_category=bool(request.category) and request.category == offer.category,
        distance_km=_distance(circumstances),
        needed_by=circumstances.needed_by if in_time else None,
        available_from=circumstances.available_from if in_time else None,
    )


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
