"""What is stored of a listing: enough to score any pair later without an encoder."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.background import Background
from matching.encoder import Floats, finite
from matching.projection import Projection
from matching.reading import Reading
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind

TOKEN_SCALE = 254.0
"""Components of unit vectors with 128 dimensions rarely pass 0.5; the rest is clipped."""

SENTENCE_DIMENSIONS = 512
Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Mean and deviation of an offer's scores against the background's requests."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One listing in one analysis version; arrays are padded with zeros to their fixed shape.

    `tokens` int8 (32, 128), `weights` float16 (32), `sentence` float16 (512), `vector` int8 (256).
    `spreads` is filled for offers only: tokens, sentence, vector. `in_background` tells a request
    that the background itself contains: an offer is then judged by the other ones.
    """

    version: str
    kind: ListingKind
    category: str
    tokens: NDArray[np.int8]
    weights: NDArray[np.float16]
    words: tuple[str, ...]
    sentence: NDArray[np.float16]
    vector: NDArray[np.int8]
    terms: tuple[str, ...]
    word_count: int
    spreads: tuple[Spread, Spread, Spread] | None = None
    in_background: bool = False

    @property
    def is_short(self) -> bool:
        return self.word_count < WEIGHTS.short_text_words

    def with_spreads(self, spreads: tuple[Spread, Spread, Spread]) -> "Analysis":
        return replace(self, spreads=spreads)


def analysis_of(
    reading: Reading, *, background: Background, projection: Projection, version: str
) -> Analysis:
    """Project a reading into one background; offers still lack their spreads."""
    weights = background.token_weights(reading)
    heaviest = np.sort(np.argsort(-weights, kind="stable")[: WEIGHTS.tokens_kept])
    tokens = _unit_tokens(background.centred_states(reading)[heaviest] @ background.token_basis)
    weighted, sentence = background.weighted(reading), background.sentence(reading)
    return Analysis(
        version=version,
        kind=reading.kind,
        category=reading.category,
        tokens=_padded(np.clip(np.rint(tokens * TOKEN_SCALE), -127, 127).astype(np.int8)),
        weights=_padded(weights[heaviest].astype(np.float16)),
        words=tuple(reading.words[place] for place in heaviest),
        sentence=finite(sentence).astype(np.float16),
        vector=projection.stored(weighted, sentence),
        terms=reading.terms,
        word_count=reading.word_count,
    )


def _unit_tokens(tokens: Floats) -> Floats:
    length = np.linalg.norm(finite(tokens), axis=1, keepdims=True)
    scaled: Floats = tokens / np.maximum(length, 1e-9)
    return scaled


def _padded(rows: NDArray[Number]) -> NDArray[Number]:
    full = np.zeros((WEIGHTS.tokens_kept, *rows.shape[1:]), rows.dtype)
    full[: len(rows)] = rows
    return full
