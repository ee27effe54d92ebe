"""What synthetic listings are mixed of: real ones, read once, and the common words of German."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from simplemma import is_known
from tokenizers import Tokenizer

from matching.analysis import Spread
from matching.engine import Engine
from matching.listing_text import ListingText, prepared
from matching.model import TOKENIZER_FILE, default_directory
from matching.reading import Reading
from matching.shipped_background import shipped_listings
from matching.words import words_of
from schemas.vocabulary import Language, ListingKind

SAMPLE = Path(__file__).parents[1] / "deploy" / "embedded" / "sample" / "listings.csv"
SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A real listing; `owners` is the place in `words` of each token's word."""

    reading: Reading
    words: tuple[str, ...]
    owners: NDArray[np.intp]
    terms: tuple[tuple[str, ...], ...]
    spreads: tuple[Spread, Spread, Spread] | None


def real_texts() -> tuple[ListingText, ...]:
    """The shipped background and the sample cluster: 317 listings."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        sample = [_sample_text(row) for row in csv.DictReader(file)]
    return (*(listing.text for listing in shipped_listings()), *sample)


def original_of(text: ListingText, engine: Engine) -> Original:
    reading = engine.read(text)
    words = tuple(dict.fromkeys(word.text for word in words_of(prepared(text).text)))
    places = {word: place for place, word in enumerate(words)}
    return Original(
        reading=reading,
        words=words,
        owners=np.array([places[word] for word in reading.words], np.intp),
        terms=tuple(engine.lexicon.terms(word, text.language) for word in words),
        spreads=engine.version.analysed(reading).spreads,
    )


@lru_cache(maxsize=1)
def german_words() -> tuple[str, ...]:
    """Words of the tokenizer's vocabulary that are German, commonest first."""
    vocabulary = Tokenizer.from_file(str(default_directory() / TOKENIZER_FILE)).get_vocab()
    words = [piece[1:] for piece in sorted(vocabulary, key=vocabulary.__getitem__)]
    return tuple(
        word
        for word in words
        if len(word) >= SHORTEST_WORD and word.isalpha() and is_known(word, lang="de")
    )


def _sample_text(row: dict[str, str]) -> ListingText:
    return ListingText(
        kind=ListingKind(row["kind"]),
        title=row["title"],
        description=row["description"],
        category=row["category"],
        tags=tuple(row["tags"].split("|")),
        language=Language(row["language"]),
    )
