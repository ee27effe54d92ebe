"""Thousands of analyses that cluster like listings: mixtures of two, with noise, no encoder."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np
from matching_builders import a_reading

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion, fitted_version
from matching.shipped_background import shipped_listings
from schemas.vocabulary import ListingKind

NOISE = 0.3


def a_shipped_version() -> tuple[AnalysisVersion, tuple[Analysis, ...]]:
    """A version fitted on the shipped listings as the word encoder reads them, and them."""
    readings = [a_reading(listing.text) for listing in shipped_listings()]
    version = fitted_version(readings, samples=readings, number="shipped")
    return version, tuple(version.analysed(reading) for reading in readings)


def a_crowd(
    originals: Sequence[Analysis], kind: ListingKind, count: int, *, seed: int = 0
) -> list[Analysis]:
    """Each keeps most of one original and takes the rest of another one of its side."""
    side = [each for each in originals if each.kind is kind]
    draw = np.random.default_rng(seed)
    return [_mixed(*_two(side, draw), draw) for _ in range(count)]


def keyed(analyses: Sequence[Analysis], *, first: int = 1) -> list[tuple[UUID, Analysis]]:
    return [(UUID(int=first + place), each) for place, each in enumerate(analyses)]


def _two(side: Sequence[Analysis], draw: np.random.Generator) -> tuple[Analysis, Analysis]:
    one, other = draw.integers(len(side), size=2)
    return side[one], side[other]


def _mixed(one: Analysis, other: Analysis, draw: np.random.Generator) -> Analysis:
    share = draw.uniform(0.5, 0.95)
    kept = draw.random(len(one.tokens)) < share
    sentence = share * one.sentence + (1 - share) * other.sentence
    return replace(
        one,
        tokens=_bytes(np.where(kept[:, None], one.tokens, other.tokens), draw),
        weights=np.where(kept, one.weights, other.weights),
        sentence=_unit(sentence, draw).astype(np.float16),
        vector=_bytes(share * one.vector + (1 - share) * other.vector, draw),
        terms=tuple(
            term
            for terms, part in ((one.terms, share), (other.terms, 1 - share))
            for term in terms
            if draw.random() < part
        ),
    )


def _bytes(rows: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    length = np.linalg.norm(rows, axis=-1, keepdims=True) / np.sqrt(rows.shape[-1])
    noisy = rows + NOISE * length * draw.standard_normal(rows.shape, np.float32)
    return np.clip(np.rint(noisy), -127, 127).astype(np.int8)


def _unit(row: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    noisy = row + NOISE * draw.standard_normal(row.shape, np.float32) / np.sqrt(len(row))
    return noisy / np.linalg.norm(noisy)
