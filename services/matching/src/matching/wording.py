"""Which words may stand as a reason: such as a broker would point at, rather fewer than absurd."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from matching.dictionaries import is_known, lemma_of
from matching.generic_words import GENERIC_WORDS, UNITS
from matching.stems import stem
from matching.words import says_something

Roots = Callable[[str], frozenset[str]]
"""The stems of a word and of the parts of a compound."""

SHORTEST_ROOT = 4

GENERIC_HEADS = (
    *(
        "grösse",
        "grössen",
        "fläche",
        "flächen",
        "zeit",
        "zeiten",
        "ende",
        "menge",
        "mengen",
        "linie",
        "linien",
    ),
    *("tag", "tage", "tagen", "jahr", "jahre", "monat", "woche", "wochen", "stelle", "stellen"),
    *("platz", "plätze", "zahl", "zahlen", "feste", "fest", "los", "frei", "freie", "innen"),
)
"""Compounds that end so mean little by that end: only a common root makes one a reason."""

PREFIXES = (
    *("micro", "mikro", "multi", "inter", "hydro", "bio", "thermo", "elektro", "electro", "tele"),
    *("poly", "auto", "proto", "prot", "mess", "trans", "kontra", "super", "hyper"),
)
"""Two words that only begin alike look alike to an encoder."""

FALSE_FRIENDS = (
    ("tablett", "tablet"),
    ("ventilation", "ventil"),
    ("handgriff", "handle"),
    ("annual", "jahres"),
    ("pflaster", "plaster"),
    ("prototyp", "protokoll"),
    ("rezept", "receipt"),
    ("fabrik", "fabric"),
)

ALIKE, HALF_ALIKE = 0.66, 0.38
"""The nearest pieces of two words without a common root, and how far the rest may be."""

THROUGHOUT = 0.48
NEAR = 0.58
"""Words without a common root that are moderately near in all their pieces."""

TOO_SHORT = 3
"""Words of so few letters are moderately near to many."""

SAME_ROOT = 0.42


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Similarity of the nearest pieces of two words, and of all their pieces on average."""

    nearest: float
    throughout: float


@lru_cache(maxsize=50_000)
def tells_something(word: str) -> bool:
    """Whether a broker would name it: a thing or an activity, no time, unit, verb or adjective."""
    lower = word.casefold()
    if not says_something(word) or lower in UNITS or stem(lower) in _GENERIC:
        return False
    if word[0].islower():
        return not _is_german_only(word)
    return not _is_adjective(word)


def meets(asked: str, offered: str, *, likeness: Likeness, roots: Roots) -> bool:
    """Whether two telling words are one another's reason."""
    shared = {root for root in roots(asked) & roots(offered) if len(root) >= SHORTEST_ROOT}
    if shared - _GENERIC:
        return likeness.nearest >= SAME_ROOT
    if shared or _empty_head(asked, offered) or _mislead(asked, offered):
        return False
    nearest, throughout = likeness.nearest, likeness.throughout
    if nearest >= ALIKE:
        return throughout >= HALF_ALIKE
    long_enough = min(len(asked), len(offered)) > TOO_SHORT
    return long_enough and nearest >= NEAR and throughout >= THROUGHOUT


def _is_german_only(word: str) -> bool:
    """In lower case such a word is a verb or an adjective; English writes its nouns so."""
    if is_known(word, "en"):
        return False
    return is_known(word, "de") or any(letter in "äöüß" for letter in word)


def _is_adjective(word: str) -> bool:
    if is_known(word, "en") or not word[1:].islower():
        return False
    return lemma_of(word, "de")[:1].islower()


def _empty_head(*words: str) -> bool:
    return any(word.casefold().endswith(GENERIC_HEADS) for word in words)


def _mislead(one: str, other: str) -> bool:
    words = (one.casefold(), other.casefold())
    if any(all(word.startswith(prefix) for word in words) for prefix in PREFIXES):
        return True
    return any(
        (first in words[0] and second in words[1]) or (second in words[0] and first in words[1])
        for first, second in FALSE_FRIENDS
    )


_GENERIC = frozenset(stem(word) for word in GENERIC_WORDS)
