"""Whole words of a text with their places, so that pieces of words can be shown as words."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from matching.stopwords import is_stop_word

WORD = re.compile(r"\w+(?:[-/&.]\w+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a text and where it stands."""

    text: str
    start: int
    end: int


def words_of(text: str) -> tuple[Word, ...]:
    """Split into words; hyphens, dots and slashes inside a word keep it whole."""
    return tuple(
        Word(text=found.group(), start=found.start(), end=found.end())
        for found in WORD.finditer(text)
    )


def word_at(words: tuple[Word, ...], start: int, end: int) -> Word | None:
    """The first word that overlaps the characters from `start` to `end`."""
    place = bisect_right(words, start, key=lambda word: word.end)
    if place < len(words) and words[place].start < end:
        return words[place]
    return None


def says_something(word: str) -> bool:
    """Whether a word may be shown as a reason: letters, three at least, no stop word."""
    letters = sum(character.isalpha() for character in word)
    return letters >= SHORTEST_REASON and not is_stop_word(word)


SHORTEST_REASON = 3
