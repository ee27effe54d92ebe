"""The raw signals of one listing against many: T of the tokens, U of the sentences, the vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.analysis import TOKEN_SCALE, Analysis
from matching.encoder import Floats
from matching.weights import WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Many analyses as arrays: tokens (n, 32, 128), weights (n, 32), sentences, vectors."""

    tokens: Floats
    weights: Floats
    sentences: Floats
    vectors: Floats

    def __len__(self) -> int:
        return len(self.weights)


def stack_of(analyses: Sequence[Analysis]) -> Stack:
    return Stack(
        tokens=np.stack([a.tokens for a in analyses]).astype(np.float32) / TOKEN_SCALE,
        weights=np.stack([a.weights for a in analyses]).astype(np.float32),
        sentences=np.stack([a.sentence for a in analyses]).astype(np.float32),
        vectors=np.stack([a.vector for a in analyses]).astype(np.float32),
    )


def alignment(one: Analysis, many: Stack) -> Floats:
    """Contrasted similarity of every token of one with every token of each: (n, 32, 32)."""
    own = one.tokens.astype(np.float32) / TOKEN_SCALE
    products = np.maximum(own @ many.tokens.transpose(0, 2, 1), 0.0)
    contrasted: Floats = np.power(products, WEIGHTS.contrast, dtype=np.float32)
    return contrasted


def interaction(one: Analysis, many: Stack) -> Floats:
    """T: half from the one's tokens to each of the many, half back."""
    aligned = alignment(one, many)
    own = one.weights.astype(np.float32)
    there = _share(aligned.max(axis=2), own[None, :])
    back = _share(aligned.max(axis=1), many.weights)
    both: Floats = (there + back) * np.float32(0.5)
    return both


def sentences(one: Analysis, many: Stack) -> Floats:
    """U: cosine of the centred whole-text vectors."""
    return many.sentences @ one.sentence.astype(np.float32)


def vectors(one: Analysis, many: Stack) -> Floats:
    return many.vectors @ one.vector.astype(np.float32)


def _share(best: Floats, weights: Floats) -> Floats:
    total = np.maximum(weights.sum(axis=1), 1e-9)
    weighted: Floats = (best * weights).sum(axis=1) / total
    return weighted
