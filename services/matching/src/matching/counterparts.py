"""Many listings of one side as arrays, and one listing scored against all of them at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numkong
import numpy as np
from numpy.typing import NDArray

from matching.analysis import TOKEN_SCALE, Analysis
from matching.encoder import Floats
from matching.weights import WEIGHTS

BLOCK = 128
"""So many listings at a time: their products, 4 kB each, stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterparts:
    """What scores need of `n` listings; `terms` is asked only where a text is short.

    `tokens` int8 (n, 32, 128), `weights` (n, 32), `sentences` float16 (n, 512); `spreads`
    (n, 2, 2), mean and deviation of an offer's token and sentence scores, are zero for requests.
    """

    tokens: NDArray[np.int8]
    weights: Floats
    sentences: NDArray[np.float16]
    spreads: NDArray[np.float64]
    categories: Sequence[str]
    short: NDArray[np.bool_]
    in_background: NDArray[np.bool_]
    terms: Callable[[int], tuple[str, ...]]
    version: str

    def __len__(self) -> int:
        return len(self.weights)


def counterparts_of(analyses: Sequence[Analysis]) -> Counterparts:
    """The same arrays from analyses in memory, all of one version and one side, at least one."""
    return Counterparts(
        tokens=np.stack([each.tokens for each in analyses]),
        weights=np.stack([each.weights for each in analyses]).astype(np.float32),
        sentences=np.stack([each.sentence for each in analyses]),
        spreads=np.array([_numbers(each) for each in analyses]),
        categories=[each.category for each in analyses],
        short=np.array([each.is_short for each in analyses]),
        in_background=np.array([each.in_background for each in analyses]),
        terms=lambda place: analyses[place].terms,
        version=analyses[0].version,
    )


def interaction(one: Analysis, many: Counterparts) -> Floats:
    """T: half from the one's tokens to each of the many, half back.

    Products of bytes are exact, and the contrast keeps their order: the largest is found first.
    """
    own = numkong.dots_pack(one.tokens)
    blocks = [
        _largest(many.tokens[at : at + BLOCK], own) for at in range(0, max(len(many), 1), BLOCK)
    ]
    there, back = (np.concatenate(each) for each in zip(*blocks, strict=True))
    halves = _share(_contrasted(there), one.weights.astype(np.float32)[None, :])
    halves = halves + _share(_contrasted(back), many.weights)
    both: Floats = halves * np.float32(0.5)
    return both


def _largest(
    tokens: NDArray[np.int8], own: numkong.PackedMatrix
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The largest product of each of one's tokens with a listing's, and of each of its own."""
    products = numkong.dots_packed(tokens.reshape(-1, WEIGHTS.token_dimensions), own)
    aligned = np.asarray(products).reshape(len(tokens), WEIGHTS.tokens_kept, WEIGHTS.tokens_kept)
    return aligned.max(axis=1), aligned.max(axis=2)


def sentences(one: Analysis, many: Counterparts) -> Floats:
    """U: cosine of the centred whole-text vectors."""
    packed = numkong.dots_pack(one.sentence[None, :])
    cosines: Floats = np.asarray(numkong.dots_packed(many.sentences, packed))[:, 0]
    return cosines


def _contrasted(largest: NDArray[np.int32]) -> Floats:
    similar = np.maximum(largest, 0).astype(np.float32) / np.float32(TOKEN_SCALE**2)
    contrasted: Floats = np.power(similar, WEIGHTS.contrast, dtype=np.float32)
    return contrasted


def _share(best: Floats, weights: Floats) -> Floats:
    weighted: Floats = (best * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
    return weighted


def _numbers(analysis: Analysis) -> list[tuple[float, float]]:
    if analysis.spreads is None:
        return [(0.0, 0.0)] * 2
    return [(spread.mean, spread.deviation) for spread in analysis.spreads[:2]]
