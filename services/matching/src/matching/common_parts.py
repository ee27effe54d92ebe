"""What two words have in common: parts and where they stand, and letters that may mislead."""

from difflib import SequenceMatcher
from enum import Enum

from matching.stems import stem

ENDINGS = frozenset(
    ("", "e", "en", "er", "ern", "es", "em", "n", "s", "in", "innen", "ung", "ungen", "ing", "ly")
)
PARTICLES = """
ab an auf aus be bei dar durch ein ent er fort ge her hin mit nach nieder rück über um unter ver vor
weg wieder zer zu zurück zusammen
"""
LETTERS = 3
"""So many in common may be all that makes two words moderately near."""

RUN = 5
"""So many in a row mean the same in both, more often than not."""


class Place(Enum):
    """What a part is to a word: the word itself, what it names, or what it is about."""

    WHOLE = 1
    HEAD = 2
    BEFORE_THE_HEAD = 3


def place_of(part: str, word: str) -> Place:
    """Of a part given by its stem."""
    folded = _folded(word)
    start = folded.rfind(part)
    if start < 0 or folded[start + len(part) :] in ENDINGS or stem(word).endswith(part):
        return Place.WHOLE if start <= 0 else Place.HEAD
    return Place.BEFORE_THE_HEAD


def stand_behind_particles(part: str, *words: str) -> bool:
    """Whether each word is no more than the part behind a particle: Rückstände, Unterstände."""
    before = (_folded(word)[: max(_folded(word).rfind(part), 0)] for word in words)
    return all(particle in _PARTICLES for particle in before)


def letters_begun_alike(one: str, other: str) -> int:
    """How many letters two words have in common from their beginning on."""
    first, second = _spelled(one), _spelled(other)
    pairs = zip(first, second, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


def share_only_letters(one: str, other: str) -> bool:
    """Whether a run of letters stands in both, endings aside, and neither word in the other."""
    first, second = _spelled(one), _spelled(other)
    if first in second or second in first:
        return False
    return _letters_alike(stem(one), stem(other)) >= LETTERS


def share_a_run(one: str, other: str) -> bool:
    """Whether so many letters stand in both that they hardly do so by chance."""
    return _letters_alike(one, other) >= RUN


def stands_inside(part: str, word: str) -> bool:
    """Whether one word is a part of another, endings aside: Ware, Backwaren."""
    return _folded(part) != _folded(word) and stem(part) in _folded(word)


def begins_with(one: str, other: str) -> bool:
    """Whether either is how the other begins, and long enough to be its idea: audit, auditors."""
    shorter, longer = sorted((_folded(one), _folded(other)), key=len)
    return len(shorter) >= RUN and longer.startswith(shorter)


def _letters_alike(one: str, other: str) -> int:
    """The longest run of letters that stands in both."""
    matcher = SequenceMatcher(None, _spelled(one), _spelled(other), autojunk=False)
    return matcher.find_longest_match().size


def _spelled(word: str) -> str:
    """K and c are one: one language has it and the other not."""
    return _folded(word).replace("k", "c")


def _folded(word: str) -> str:
    """As stems are written."""
    return word.casefold().translate(_UMLAUTS)


_UMLAUTS = str.maketrans("äöü", "aou")
_PARTICLES = frozenset(_folded(particle) for particle in PARTICLES.split())
