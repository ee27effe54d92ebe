"""Which words may stand as a reason: such as a broker would point at."""

import re
from collections.abc import Callable
from functools import lru_cache

from matching.dictionaries import is_known, lemma_of
from matching.generic_words import GENERIC_WORDS, UNITS, VAGUE_WORDS
from matching.stems import stem
from matching.words import says_something

Roots = Callable[[str], frozenset[str]]
"""The stems of a word and of the parts of a compound."""

INFLECTIONS = "(?:e|en|er|es|em)"
ADJECTIVE = re.compile(rf".{{3,}}(?:isch|lich|ig|bar|los|frei|sam|haft|arm|voll){INFLECTIONS}")
PARTICIPLE = re.compile(
    r"(?:ab|an|auf|aus|bei|durch|ein|her|hin|nach|über|um|unter|vor|weg|zu|zurück)?"
    rf"ge\w{{3,}}(?:t|en){INFLECTIONS}"
)
PROPERTY = re.compile(rf"\w{{4,}}(?:frei|arm|haltig|dicht|resistent|beständig){INFLECTIONS}?")
"""Written in lower case too, it names what a thing has or lacks: glutenfrei, latexfrei."""


@lru_cache(maxsize=50_000)
def tells_something(word: str) -> bool:
    """Whether a broker would name it: a thing or an activity, no time, unit, verb or adjective."""
    lower = word.casefold()
    if not says_something(word) or lower in UNITS or stem(lower) in _GENERIC:
        return False
    if word[0].islower():
        return not _is_german_only(word)
    return not _is_adjective(word)


@lru_cache(maxsize=50_000)
def names_a_thing(word: str) -> bool:
    """For reasons only: properties, and nothing else that describes a thing."""
    if PROPERTY.fullmatch(word.casefold()) and says_something(word):
        return True
    return tells_something(word) and not (_is_english_participle(word) or _describes(word))


def is_vague(word: str) -> bool:
    """Whether it says little by itself, though it may tell something beside another word."""
    return stem(word) in _VAGUE


def _is_german_only(word: str) -> bool:
    """In lower case such a word is a verb or an adjective; English writes its nouns so."""
    if is_known(word, "en"):
        return False
    return is_known(word, "de") or any(letter in "äöüß" for letter in word)


def _is_adjective(word: str) -> bool:
    if is_known(word, "en") or not word[1:].islower():
        return False
    return lemma_of(word, "de")[:1].islower()


def _is_english_participle(word: str) -> bool:
    lower = word.casefold()
    return lower.endswith("ed") and is_known(lower, "en") and lemma_of(lower, "en") != lower


def _describes(word: str) -> bool:
    """An inflected German adjective or participle, and no form of a noun that is known."""
    lower = word.casefold()
    if is_known(word, "en") or lemma_of(word, "de") not in (word, lower):
        return False
    if ADJECTIVE.fullmatch(lower):
        return True
    return PARTICIPLE.fullmatch(lower) is not None and not is_known(word, "de")


_GENERIC = frozenset(stem(word) for word in GENERIC_WORDS)
_VAGUE = frozenset(stem(word) for word in VAGUE_WORDS)
