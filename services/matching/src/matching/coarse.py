"""The first look at thousands of texts: one matrix product over their small vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from matching.analysis import Analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class CoarseText:
    """``deviation`` is that of an offer's scores against the background's requests."""

    id: UUID
    vector: bytes
    deviation: float | None


def nearest(
    analysis: Analysis, texts: Sequence[CoarseText], *, typical_deviation: float, count: int
) -> tuple[UUID, ...]:
    """The most similar of the other side, best first; an offer that resembles everything sinks."""
    if not texts:
        return ()
    rows = np.frombuffer(b"".join(each.vector for each in texts), np.int8).reshape(len(texts), -1)
    products = rows.astype(np.float32) @ analysis.vector.astype(np.float32)
    known = [each.deviation or typical_deviation for each in texts]
    scores = products / np.maximum(np.array(known, np.float32), typical_deviation)
    best = np.argsort(-scores, kind="stable")[:count]
    return tuple(dict.fromkeys(texts[place].id for place in best))
