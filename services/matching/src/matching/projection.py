"""The 256-byte vector of a listing: [P ; r·U] on its leading axes, so that products give S."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.background import Background, principal_axes
from matching.encoder import Floats
from matching.reading import Reading
from matching.weights import WEIGHTS

LARGEST = 127
HEADROOM = 0.999
"""Share of the background's components that fit without clipping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """`basis` (896, 256), the factor `r` on U, and the scale from unit vectors to bytes."""

    basis: Floats
    sentence_factor: float
    scale: float

    def stored(self, weighted: Floats, sentence: Floats) -> NDArray[np.int8]:
        projected = joined(weighted, sentence, self.sentence_factor) @ self.basis
        stored: NDArray[np.int8] = np.clip(
            np.rint(projected * self.scale), -LARGEST, LARGEST
        ).astype(np.int8)
        return stored


def joined(weighted: Floats, sentence: Floats, factor: float) -> Floats:
    return np.concatenate([weighted, factor * sentence], axis=-1)


def fitted_projection(
    samples: Sequence[Reading], *, background: Background, sentence_factor: float
) -> Projection:
    """Fit on listings and their segments: listings alone are fewer than the axes wanted."""
    rows = np.stack(
        [
            joined(background.weighted(sample), background.sentence(sample), sentence_factor)
            for sample in samples
        ]
    )
    basis = principal_axes(rows, WEIGHTS.vector_dimensions)
    reach = float(np.quantile(np.abs(rows @ basis), HEADROOM))
    return Projection(
        basis=basis, sentence_factor=sentence_factor, scale=LARGEST / max(reach, 1e-9)
    )
