"""Words of a listing as BM25 terms: compounds split, stemmed by language, stop words dropped."""

from collections.abc import Callable
from threading import Lock

import snowballstemmer

from matching.stopwords import is_stop_word
from matching.words import words_of
from schemas.vocabulary import Language

STEMMERS = {Language.GERMAN: "german", Language.ENGLISH: "english"}


Parts = Callable[[str], tuple[str, ...]]
"""Gives the parts of a German compound; none for any other word."""


class Lexicon:
    """Turns text into terms; a compound yields itself and its parts, each counted once."""

    def __init__(self, parts: Parts) -> None:
        self._compound_parts = parts
        # A stemmer works on one word at a time, whichever thread asks.
        self._stemming = Lock()
        self._stemmers = {
            language: snowballstemmer.stemmer(name) for language, name in STEMMERS.items()
        }

    def terms(self, text: str, language: Language) -> tuple[str, ...]:
        return tuple(
            self._stem(part, language)
            for word in words_of(text)
            if not is_stop_word(word.text)
            for part in self._parts(word.text, language)
        )

    def roots(self, word: str) -> frozenset[str]:
        """Stems of the word, of its pieces and of a compound's parts, in whatever language."""
        parts = (word, *self._parts(word, Language.GERMAN))
        return frozenset(self._stem(part, Language.GERMAN) for part in parts)

    def _stem(self, word: str, language: Language) -> str:
        with self._stemming:
            return str(self._stemmers[language].stemWord(word.casefold()))

    def _parts(self, word: str, language: Language) -> tuple[str, ...]:
        pieces = [piece for piece in word.replace("/", "-").split("-") if piece]
        split = self._compound_parts if language is Language.GERMAN else _unsplit
        return tuple(dict.fromkeys([*pieces, *(part for piece in pieces for part in split(piece))]))


def _unsplit(_word: str) -> tuple[str, ...]:
    return ()
