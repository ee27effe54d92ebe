"""When two words are one another's reason: by a part they share, or by meaning, not by letters."""

from dataclasses import dataclass

from matching.common_parts import (
    Place,
    letters_begun_alike,
    place_of,
    share_a_run,
    share_only_letters,
    stand_behind_particles,
    stands_inside,
)
from matching.generic_words import EMPTY_HEADS, EMPTY_MODIFIERS, GENERIC_WORDS, VAGUE_WORDS
from matching.stems import stem
from matching.wording import Roots, is_vague

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

TELLING_IN_SPITE = ("schnittstelle", "schnittstellen")

PREFIXES = (
    *("micro", "multi", "inter", "hydro", "bio", "thermo", "electro", "tele"),
    *("poly", "auto", "proto", "prot", "mess", "trans", "contra", "super", "hyper"),
)
PREFIX_REACH = 2
"""Two words that begin alike, up to so many letters beyond a prefix, only look alike."""

BEGUN_ALIKE = 4
"""From so many letters on, a common beginning that is no common root makes words look alike."""

ALIKE_AS_WHOLES = 0.62
"""From here on they are alike, however they begin: antibodies and Antikörper."""

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

HALF_ALIKE_AS_WHOLES = 0.50
"""Below it nearest pieces alone make no reason: only a run of letters in both does."""

NEAR, THROUGHOUT, WHOLE = 0.58, 0.42, 0.46
"""Words that are moderately near in their nearest pieces, in all of them, and as a whole."""

TOO_SHORT = 3
"""Words of so few letters are moderately near to many."""

SAME_ROOT = 0.42
SAME_PART = 0.85
"""A part that two words share and that means the same in both, whatever else they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Similarity of the nearest pieces of two words, of all their pieces, and of them as wholes.

    ``mutual`` where neither is nearer to another word of the other listing.
    """

    nearest: float
    throughout: float
    whole: float
    mutual: bool


def meets(asked: str, offered: str, *, likeness: Likeness, roots: Roots) -> bool:
    """Whether two telling words are one another's reason."""
    if _say_little(asked, offered):
        return False
    shared = _shared(roots(asked) & roots(offered), asked, offered)
    telling = shared - _EMPTY
    if telling:
        return likeness.nearest >= SAME_ROOT and _share_enough(telling, asked, offered, likeness)
    if shared or _empty_head(asked, offered) or _mislead(asked, offered, likeness):
        return False
    return _are_alike(asked, offered, likeness) or _are_near(asked, offered, likeness)


def _say_little(asked: str, offered: str) -> bool:
    """Two vague words, or one that is no more than a part of the other."""
    if is_vague(asked):
        return is_vague(offered) or stands_inside(asked, offered)
    return is_vague(offered) and stands_inside(offered, asked)


def _shared(roots: frozenset[str], *words: str) -> frozenset[str]:
    """Roots long enough to mean something; an abbreviation always does."""
    written = [frozenset(word.replace("/", "-").split("-")) for word in words]
    return frozenset(
        root
        for root in roots
        if len(root) >= SHORTEST_ROOT or all(root.upper() in parts for parts in written)
    )


def _share_enough(roots: frozenset[str], asked: str, offered: str, likeness: Likeness) -> bool:
    """What one word is, or is about, the other must be, or be about, too."""
    parts = [root for root in roots if not any(root in each for each in roots - {root})]
    part = max(parts, key=lambda root: (root not in _MODIFIERS, len(root), root))
    places = {place_of(part, word) for word in (asked, offered)}
    if part in _MODIFIERS:
        return Place.BEFORE_THE_HEAD not in places
    if len(parts) > 1:
        return True
    if places == {Place.HEAD}:
        return not stand_behind_particles(part, asked, offered)
    means_the_same = likeness.nearest >= SAME_PART or likeness.throughout >= HALF_ALIKE
    return means_the_same or Place.WHOLE in places


def _are_alike(asked: str, offered: str, likeness: Likeness) -> bool:
    """Near pieces, and wholes that are near or letters that bear them out."""
    alike = likeness.nearest >= ALIKE and likeness.throughout >= HALF_ALIKE
    return alike and (likeness.whole >= HALF_ALIKE_AS_WHOLES or share_a_run(asked, offered))


def _are_near(asked: str, offered: str, likeness: Likeness) -> bool:
    """Moderately near: only where nothing else is nearer, and no shared letters feign it."""
    short = min(len(asked), len(offered)) <= TOO_SHORT
    if short or not likeness.mutual or share_only_letters(asked, offered):
        return False
    near = likeness.nearest >= NEAR and likeness.throughout >= THROUGHOUT
    return near and likeness.whole >= WHOLE


def _empty_head(*words: str) -> bool:
    lower = (word.casefold() for word in words)
    return any(
        word.endswith(GENERIC_HEADS) and not word.endswith(TELLING_IN_SPITE) for word in lower
    )


def _mislead(one: str, other: str, likeness: Likeness) -> bool:
    if likeness.whole < ALIKE_AS_WHOLES and _only_begin_alike(one, other):
        return True
    return _are_false_friends(one.casefold(), other.casefold())


def _only_begin_alike(one: str, other: str) -> bool:
    alike = letters_begun_alike(one, other)
    if BEGUN_ALIKE <= alike <= min(len(one), len(other)) / 2:
        return True
    begun = one.casefold()[:alike].replace("k", "c")
    return any(
        begun.startswith(prefix) and alike <= len(prefix) + PREFIX_REACH for prefix in PREFIXES
    )


def _are_false_friends(one: str, other: str) -> bool:
    return any(
        (first in one and second in other) or (second in one and first in other)
        for first, second in FALSE_FRIENDS
    )


_EMPTY = frozenset(stem(word) for word in (*GENERIC_WORDS, *VAGUE_WORDS, *EMPTY_HEADS))
_MODIFIERS = frozenset(stem(word) for word in EMPTY_MODIFIERS)
