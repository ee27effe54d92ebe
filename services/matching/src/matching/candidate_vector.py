"""What the vectors of one side hold, and what is asked of them: products order like Q, roughly."""

from functools import lru_cache
from hashlib import blake2b
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysis
from matching.weights import WEIGHTS

CATEGORY_DIMENSIONS = 32
"""Added to the vector: codes of one category multiply to its bonus, others nearly to nothing."""

DIMENSIONS = WEIGHTS.vector_dimensions + CATEGORY_DIMENSIONS

Vector = NDArray[np.int8]


def stored_vector(analysis: Analysis, *, typical_deviation: float) -> Vector:
    """Recipe step 7 on the vector, so that offers that resemble all sink; then the category."""
    vector = analysis.vector
    if analysis.spreads is not None:
        factor = typical_deviation / max(analysis.spreads[2].deviation, typical_deviation)
        vector = np.rint(vector * factor).astype(np.int8)
    return _with_category(vector, analysis.category, typical_deviation)


def asked_vector(analysis: Analysis, *, typical_deviation: float) -> Vector:
    return _with_category(analysis.vector, analysis.category, typical_deviation)


def _with_category(vector: Vector, category: str, typical_deviation: float) -> Vector:
    return np.concatenate([vector, _code(category, typical_deviation)])


@lru_cache(maxsize=1000)
def _code(category: str, typical_deviation: float) -> Vector:
    """As many signs as dimensions, drawn for this category; a missing one has none."""
    if not category:
        return np.zeros(CATEGORY_DIMENSIONS, np.int8)
    seed = int.from_bytes(blake2b(category.encode(), digest_size=8).digest(), "little")
    signs = np.random.default_rng(seed).choice(np.array([-1, 1], np.int8), CATEGORY_DIMENSIONS)
    length = sqrt(WEIGHTS.same_category_first * typical_deviation / CATEGORY_DIMENSIONS)
    code: Vector = np.clip(np.rint(signs * length), -127, 127).astype(np.int8)
    return code
