"""Listings and readings for the engine's tests, with a hand-written encoder."""

import hashlib
import re

import numpy as np

from matching.analysis_version import AnalysisVersion, fitted_version
from matching.encoder import Encoding, Floats
from matching.lexicon import Lexicon
from matching.listing_text import ListingText
from matching.reading import Reading, reading_of
from schemas.vocabulary import Language, ListingKind

WORDS = re.compile(r"\S+")
THEMES = (
    "masken atemschutz filter",
    "pumpen dosierung ventile",
    "betten pflege matratzen",
    "labor proben analytik",
    "software schnittstellen daten",
    "transport kühlung kurier",
)


def _direction(word: str, size: int) -> Floats:
    seed = int.from_bytes(hashlib.sha256(word.lower().encode()).digest()[:4], "little")
    return np.random.default_rng(seed).standard_normal(size).astype(np.float32)


class WordEncoder:
    """Each word has a direction of its own; a text is the sum of its words."""

    def encode(self, text: str) -> Encoding:
        found = list(WORDS.finditer(text))
        words = [match.group().strip(".,;:!?").lower() for match in found]
        states = np.array([_direction(word, 384) for word in words]).reshape(-1, 384)
        whole = sum((_direction(word, 512) for word in words), np.full(512, 0.01, np.float32))
        return Encoding(
            ids=np.array([int(abs(_direction(word, 1)[0]) * 1e6) for word in words], np.int64),
            spans=np.array([match.span() for match in found], np.int64).reshape(-1, 2),
            states=states.astype(np.float32),
            sentence=(whole / np.linalg.norm(whole)).astype(np.float32),
        )


def a_listing(
    kind: ListingKind,
    title: str,
    description: str = "",
    *,
    category: str = "laboratory",
    language: Language = Language.GERMAN,
) -> ListingText:
    return ListingText(
        kind=kind, title=title, description=description, category=category, language=language
    )


def an_offer(title: str, description: str = "", *, category: str = "laboratory") -> ListingText:
    return a_listing(ListingKind.OFFER, title, description, category=category)


def a_request(title: str, description: str = "", *, category: str = "laboratory") -> ListingText:
    return a_listing(ListingKind.REQUEST, title, description, category=category)


def unsplit(_word: str) -> tuple[str, ...]:
    return ()


def a_reading(listing: ListingText) -> Reading:
    return reading_of(listing, encoder=WordEncoder(), lexicon=Lexicon(unsplit))


def a_version(number: str = "v1") -> AnalysisVersion:
    """Fitted on six themes, each once offered and once requested, with one odd word each."""
    listings = [
        listing
        for place, theme in enumerate(THEMES)
        for listing in (
            an_offer(f"{theme} angebot{place} lieferbar sofort ware{place}"),
            a_request(f"{theme} bedarf{place} dringend nötig zweck{place}"),
        )
    ]
    readings = [a_reading(listing) for listing in listings]
    return fitted_version(readings, samples=readings, number=number)
