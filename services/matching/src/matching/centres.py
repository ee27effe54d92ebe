"""Centres that divide vectors into cells of those near each other: k-means over a sample."""

import numpy as np
from numpy.typing import NDArray

from matching.cell import Bytes
from matching.encoder import Floats

ROUNDS = 6
SAMPLE = 40
"""So many vectors a cell find the centres; more of them move no centre far."""

BLOCK = 16_384


def centres_of(vectors: Bytes, count: int) -> Floats:
    """The means of k-means over a sample, the same ones every time."""
    drawn = np.random.default_rng(0).choice(
        len(vectors), min(len(vectors), count * SAMPLE), replace=False
    )
    sample = vectors[drawn].astype(np.float32)
    centres = sample[:count].copy()
    for _ in range(ROUNDS):
        numbers = nearest(sample, centres)
        for number in np.unique(numbers).tolist():
            centres[number] = sample[numbers == number].mean(axis=0)
    return centres


def nearest(vectors: Bytes | Floats, centres: Floats) -> NDArray[np.intp]:
    """The number of the centre that each vector is nearest to."""
    halves = (centres**2).sum(axis=1) / 2
    blocks = [
        (vectors[at : at + BLOCK].astype(np.float32) @ centres.T - halves).argmax(axis=1)
        for at in range(0, len(vectors), BLOCK)
    ]
    return np.concatenate(blocks)
