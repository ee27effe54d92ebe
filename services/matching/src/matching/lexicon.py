"""Words of a listing as BM25 terms: compounds split, stemmed by language, stop words dropped."""

from collections.abc import Callable
from functools import lru_cache

from matching.stems import stem
from matching.stopwords import is_stop_word
from matching.words import words_of
from schemas.vocabulary import Language

Parts = Callable[[str], tuple[str, ...]]
"""Gives the parts of a German compound; none for any other word."""


class Lexicon:
    """Turns text into terms; a compound yields itself and its parts, each counted once."""

    def __init__(self, parts: Parts) -> None:
        self._compound_parts = parts
        self.roots = lru_cache(maxsize=50_000)(self._roots)

    def terms(self, text: str, language: Language) -> tuple[str, ...]:
        return tuple(
            stem(part, language)
            for word in words_of(text)
            if not is_stop_word(word.text)
            for part in self._parts(word.text, language)
        )

    def _roots(self, word: str) -> frozenset[str]:
        """Stems of the word, of its pieces and of a compound's parts, in whatever language."""
        parts = (word, *self._parts(word, Language.GERMAN))
        return frozenset(stem(part) for part in parts)

    def _parts(self, word: str, language: Language) -> tuple[str, ...]:
        pieces = [piece for piece in word.replace("/", "-").split("-") if piece]
        split = self._compound_parts if language is Language.GERMAN else _unsplit
        return tuple(dict.fromkeys([*pieces, *(part for piece in pieces for part in split(piece))]))


def _unsplit(_word: str) -> tuple[str, ...]:
    return ()
