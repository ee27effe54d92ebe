"""Whether a listing is what a search's words mean: all of them found, or close in meaning.

One word alone counts only where it is found, whole or as parts of a compound: it is too little
for the vectors. From two words on the engine's D decides as well.
"""

from collections.abc import Callable, Sequence

from matching.analysis import Analysis
from matching.engine import Engine
from matching.searches.search import ReadSearch
from matching.stopwords import is_stop_word
from matching.words import words_of

FITS_FROM = 3.0
"""On the sample cluster, with two or three words a search: finds 53 to 60 of 100 offers judged
fitting; about as many hits again were never judged, 0.6 a search (3.5: 43 to 52, 0.4)."""

LEAST_WORDS = 2
Terms = Callable[[str], tuple[str, ...]]


def fits(engine: Engine, read: ReadSearch, parts: Sequence[Analysis]) -> bool:
    """Whether the words fit the listing itself or one of its further needs."""
    return any(_found(engine, read, part) for part in parts) or _meant(engine, read, parts)


def telling_words(text: str) -> tuple[str, ...]:
    words = tuple(word.text for word in words_of(text))
    return tuple(word for word in words if not is_stop_word(word)) or words


def _found(engine: Engine, read: ReadSearch, part: Analysis) -> bool:
    search, known = read.search, frozenset(part.terms)
    words = telling_words(search.words)

    def terms(word: str) -> tuple[str, ...]:
        return engine.lexicon.terms(word, search.language)

    return bool(words) and all(_says(known, word, terms) for word in words)


def _says(known: frozenset[str], word: str, terms: Terms) -> bool:
    """The word itself, or every part of the compound that it is."""
    pieces = [piece for piece in word.replace("/", "-").split("-") if piece]
    for piece in pieces:
        whole, *parts = terms(piece) or (piece,)
        if whole not in known and not (parts and known.issuperset(parts)):
            return False
    return bool(pieces)


def _meant(engine: Engine, read: ReadSearch, parts: Sequence[Analysis]) -> bool:
    if read.analysis is None or len(telling_words(read.search.words)) < LEAST_WORDS:
        return False
    return any(score.d >= FITS_FROM for score in engine.scores(read.analysis, parts))
