"""An analysis as columns of a row and back; what comes out scores exactly like what went in.

| column | type | holds |
|---|---|---|
| `version` | text | analysis version; rows of another version are never scored |
| `tokens` | bytea, 4096 bytes | int8 (32, 128), unit token vectors times 254, then zeros |
| `token_weights` | bytea, 64 bytes | little-endian float16 (32) |
| `words` | text[] | the word each token belongs to, as many as there are tokens |
| `sentence` | bytea, 1024 bytes | little-endian float16 (512), centred and of length one |
| `vector` | bytea, 256 bytes | int8 (256), the candidates' vector |
| `terms` | text[] | BM25 terms in the order of the text |
| `word_count` | integer | words of the text |
| `spreads` | real[] or null | offers: mean and deviation of tokens, sentence, vector scores |
| `in_background` | boolean | whether the background contains this listing |
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import DTypeLike, NDArray

from matching.analysis import SENTENCE_DIMENSIONS, Analysis, Spread
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind

HALF = np.dtype("<f2")


class UnreadableAnalysis(Exception):
    """A stored column does not have the shape it was written with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnalysis:
    """The columns above, in their order."""

    version: str
    tokens: bytes
    token_weights: bytes
    words: list[str]
    sentence: bytes
    vector: bytes
    terms: list[str]
    word_count: int
    spreads: list[float] | None
    in_background: bool


def stored(analysis: Analysis) -> StoredAnalysis:
    return StoredAnalysis(
        version=analysis.version,
        tokens=analysis.tokens.tobytes(),
        token_weights=analysis.weights.astype(HALF).tobytes(),
        words=list(analysis.words),
        sentence=analysis.sentence.astype(HALF).tobytes(),
        vector=analysis.vector.tobytes(),
        terms=list(analysis.terms),
        word_count=analysis.word_count,
        spreads=_numbers(analysis),
        in_background=analysis.in_background,
    )


def restored(row: StoredAnalysis, *, kind: ListingKind, category: str) -> Analysis:
    kept, axes = WEIGHTS.tokens_kept, WEIGHTS.token_dimensions
    return Analysis(
        version=row.version,
        kind=kind,
        category=category,
        tokens=_array(row.tokens, np.int8, (kept, axes)).astype(np.int8),
        weights=_array(row.token_weights, HALF, (kept,)).astype(np.float16),
        words=tuple(row.words),
        sentence=_array(row.sentence, HALF, (SENTENCE_DIMENSIONS,)).astype(np.float16),
        vector=_array(row.vector, np.int8, (WEIGHTS.vector_dimensions,)).astype(np.int8),
        terms=tuple(row.terms),
        word_count=row.word_count,
        spreads=_spreads(row.spreads),
        in_background=row.in_background,
    )


def _array(content: bytes, kind: DTypeLike, shape: tuple[int, ...]) -> NDArray[np.generic]:
    array = np.frombuffer(content, kind)
    if array.size != prod(shape):
        raise UnreadableAnalysis(f"{len(content)} bytes for {shape}")
    return array.reshape(shape)


def _numbers(analysis: Analysis) -> list[float] | None:
    if analysis.spreads is None:
        return None
    return [n for spread in analysis.spreads for n in (spread.mean, spread.deviation)]


def _spreads(numbers: list[float] | None) -> tuple[Spread, Spread, Spread] | None:
    if numbers is None:
        return None
    tokens, sentence, vector = (
        Spread(mean=numbers[place], deviation=numbers[place + 1]) for place in (0, 2, 4)
    )
    return tokens, sentence, vector
