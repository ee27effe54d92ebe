"""Thousands of analyses that cluster like listings: each mixes the words of two real ones."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysis, analysis_of
from matching.analysis_version import AnalysisVersion
from matching.reading import Reading
from schemas.vocabulary import ListingKind

NOISE = 0.25
VARIATION = 0.2
VARIANTS = 10
"""So many nearly equal listings come of one mixture."""


def a_crowd(
    version: AnalysisVersion, originals: Sequence[Reading], kind: ListingKind, count: int
) -> list[Analysis]:
    """Each keeps most of one listing and takes the rest of another one of its side."""
    side = [reading for reading in originals if reading.kind is kind]
    spreads = [version.analysed(reading).spreads for reading in side]
    draw = np.random.default_rng(0)
    crowd = []
    for one, other in draw.integers(len(side), size=(-(-count // VARIANTS), 2)).tolist():
        analysis = analysis_of(
            _mixed(side[one], side[other], draw),
            background=version.background,
            projection=version.projection,
            version=version.number,
        )
        mixture = replace(analysis, spreads=spreads[one])
        crowd += [mixture, *(_variant(mixture, draw) for _ in range(VARIANTS - 1))]
    return crowd[:count]


def keyed(analyses: Sequence[Analysis], *, first: int = 1) -> list[tuple[UUID, Analysis]]:
    return [(UUID(int=first + place), each) for place, each in enumerate(analyses)]


def _variant(analysis: Analysis, draw: np.random.Generator) -> Analysis:
    sentence = analysis.sentence + VARIATION * draw.standard_normal(512, np.float32) / 22
    return replace(
        analysis,
        tokens=_varied(analysis.tokens, draw),
        sentence=(sentence / np.linalg.norm(sentence)).astype(np.float16),
        vector=_varied(analysis.vector, draw),
        terms=tuple(term for term in analysis.terms if draw.random() > VARIATION),
    )


def _varied(rows: NDArray[np.int8], draw: np.random.Generator) -> NDArray[np.int8]:
    noise = VARIATION * np.abs(rows).mean() * draw.standard_normal(rows.shape, np.float32)
    varied: NDArray[np.int8] = np.clip(np.rint(rows + noise), -127, 127).astype(np.int8)
    return varied


def _mixed(one: Reading, other: Reading, draw: np.random.Generator) -> Reading:
    share = draw.uniform(0.4, 0.9)
    kept = [
        np.flatnonzero(draw.random(len(reading.ids)) < part)
        for reading, part in ((one, share), (other, 1 - share))
    ]
    states = np.concatenate([one.states[kept[0]], other.states[kept[1]]])
    return replace(
        one,
        ids=np.concatenate([one.ids[kept[0]], other.ids[kept[1]]]),
        states=(states + NOISE * draw.standard_normal(states.shape, np.float32)),
        in_title=np.concatenate([one.in_title[kept[0]], other.in_title[kept[1]]]),
        words=(*(one.words[i] for i in kept[0]), *(other.words[i] for i in kept[1])),
        sentence=(share * one.sentence + (1 - share) * other.sentence).astype(np.float32),
        terms=tuple(
            term
            for terms, part in ((one.terms, share), (other.terms, 1 - share))
            for term in terms
            if draw.random() < part
        ),
    )
