"""The first look at thousands of capabilities: one matrix product over their small vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from matching.analysis import Analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class CoarseCapability:
    """``deviation`` is that of the vector's scores against the background's requests."""

    capability_id: UUID
    organisation_id: UUID
    vector: bytes
    deviation: float


def nearest(
    request: Analysis,
    capabilities: Sequence[CoarseCapability],
    *,
    typical_deviation: float,
    count: int,
) -> tuple[UUID, ...]:
    """The most similar capabilities, best first; what resembles everything sinks."""
    if not capabilities:
        return ()
    vectors = np.frombuffer(b"".join(each.vector for each in capabilities), np.int8)
    products = vectors.reshape(len(capabilities), -1).astype(np.float32) @ request.vector.astype(
        np.float32
    )
    deviations = np.array([each.deviation for each in capabilities], np.float32)
    scores = products / np.maximum(deviations, typical_deviation)
    best = np.argsort(-scores, kind="stable")[:count]
    return tuple(capabilities[place].capability_id for place in best)
