"""A listing as read by the encoders, before any background: all an analysis is made from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.encoder import Encoder, Encoding, Floats, Ids
from matching.lexicon import Lexicon
from matching.listing_text import ListingText, PreparedText, prepared
from matching.stopwords import is_stop_word
from matching.words import Word, word_at, words_of
from schemas.vocabulary import Language, ListingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Token arrays hold the telling tokens only (n); `words` is the word each belongs to."""

    kind: ListingKind
    language: Language
    category: str
    ids: Ids
    states: Floats
    in_title: NDArray[np.bool_]
    words: tuple[str, ...]
    sentence: Floats
    terms: tuple[str, ...]
    word_count: int


def reading_of(listing: ListingText, *, encoder: Encoder, lexicon: Lexicon) -> Reading:
    """Encode a listing and keep its telling tokens."""
    text = prepared(listing)
    encoding = encoder.encode(text.text)
    words = words_of(text.text)
    kept, names = _telling(encoding, text, words)
    return Reading(
        kind=listing.kind,
        language=listing.language,
        category=listing.category,
        ids=encoding.ids[kept],
        states=encoding.states[kept] if kept else np.zeros((0, 0), np.float32),
        in_title=encoding.spans[kept, 1] <= text.title_end,
        words=tuple(names),
        sentence=encoding.sentence,
        terms=lexicon.terms(text.text, listing.language),
        word_count=len(words),
    )


def _telling(
    encoding: Encoding, text: PreparedText, words: tuple[Word, ...]
) -> tuple[list[int], list[str]]:
    """Tokens with a letter or digit whose word is no stop word; all of them if none is left."""
    placed = _placed(encoding, text, words)
    telling = [(place, word) for place, word in placed if not is_stop_word(word)] or placed
    return [place for place, _ in telling], [word for _, word in telling]


def _placed(
    encoding: Encoding, text: PreparedText, words: tuple[Word, ...]
) -> list[tuple[int, str]]:
    placed = []
    for place, (start, end) in enumerate(encoding.spans.tolist()):
        word = word_at(words, start, end)
        if word is not None and any(map(str.isalnum, text.text[start:end])):
            placed.append((place, word.text))
    return placed
