"""An analysis version as bytes and on disk: plain arrays, written whole or not at all."""

import os
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import structlog
from numpy.typing import NDArray
from pydantic import BaseModel

from matching.analysis_version import AnalysisVersion
from matching.background import Background, Side
from matching.bm25 import TermStatistics
from matching.projection import Projection
from matching.signals import Stack
from schemas.vocabulary import Language, ListingKind

log = structlog.get_logger(__name__)

Arrays = dict[str, NDArray[np.generic]]


class UnreadableVersion(Exception):
    """The bytes are not those of an analysis version."""


class _Rest(BaseModel):
    """What of a version is no array."""

    listings: int
    terms: dict[str, int]
    term_documents: int
    term_mean_length: float
    sentence_factor: float
    scale: float
    typical: tuple[float, float, float]
    languages: dict[ListingKind, tuple[Language, ...]]
    """Which have a centre of their own; a file older than such centres is unreadable."""
    joined: bool = False


def version_path(directory: Path, number: str) -> Path:
    return directory / f"analysis-{number}.npz"


def save_version(version: AnalysisVersion, directory: Path) -> Path:
    path = version_path(directory, version.number)
    scratch = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        scratch.write_bytes(packed(version))
        scratch.replace(path)
    except OSError:
        with suppress(OSError):
            scratch.unlink()
        raise
    return path


def keep_version(version: AnalysisVersion, directory: Path) -> None:
    """Save it where that is possible; where it is not, every start fits it anew."""
    try:
        save_version(version, directory)
    except OSError as error:
        log.warning(
            "version_not_kept",
            error=str(error),
            remedy=f"let the service write to {directory}, or make room on its disk",
            meanwhile="it is used, and each start takes half a minute longer",
        )


def load_version(directory: Path, number: str) -> AnalysisVersion | None:
    """None where the file is absent or damaged: it is fitted anew from the shipped background."""
    try:
        return unpacked(version_path(directory, number).read_bytes(), number)
    except (OSError, UnreadableVersion):
        return None


def packed(version: AnalysisVersion) -> bytes:
    content = BytesIO()
    np.savez(content, allow_pickle=False, **_arrays(version))
    return content.getvalue()


def unpacked(content: bytes, number: str) -> AnalysisVersion:
    try:
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            return _version(dict(arrays), number)
    except (ValueError, KeyError, EOFError, BadZipFile) as error:
        raise UnreadableVersion(number) from error


def _arrays(version: AnalysisVersion) -> Arrays:
    background = version.background
    arrays: Arrays = {
        "token_ids": np.array(list(background.token_counts), np.int64),
        "token_counts": np.array(list(background.token_counts.values()), np.int64),
        "token_basis": background.token_basis,
        "projection_basis": version.projection.basis,
        "requests_tokens": version.requests.tokens.astype(np.float32),
        "requests_weights": version.requests.weights,
        "requests_sentences": version.requests.sentences,
        "requests_vectors": version.requests.vectors,
        "rest": np.frombuffer(_rest(version).model_dump_json().encode(), np.uint8),
    }
    for kind, side in background.sides.items():
        arrays[f"{kind}_token"] = side.token
        arrays[f"{kind}_weighted"] = side.weighted
        arrays[f"{kind}_sentence"] = side.sentence
        for language, centre in side.token_by_language.items():
            arrays[f"{kind}_token_{language}"] = centre
    return arrays


def _rest(version: AnalysisVersion) -> _Rest:
    return _Rest(
        listings=version.background.listings,
        terms=dict(version.background.terms.frequencies),
        term_documents=version.background.terms.documents,
        term_mean_length=version.background.terms.mean_length,
        sentence_factor=version.projection.sentence_factor,
        scale=version.projection.scale,
        typical=version.typical,
        languages=_languages(version.background),
        joined=version.joined,
    )


def _languages(background: Background) -> dict[ListingKind, tuple[Language, ...]]:
    return {kind: tuple(side.token_by_language) for kind, side in background.sides.items()}


def _version(arrays: Arrays, number: str) -> AnalysisVersion:
    rest = _Rest.model_validate_json(arrays["rest"].tobytes())
    return AnalysisVersion(
        number=number,
        background=_background(arrays, rest),
        projection=Projection(
            basis=_floats(arrays["projection_basis"]),
            sentence_factor=rest.sentence_factor,
            scale=rest.scale,
        ),
        requests=Stack(
            tokens=_floats(arrays["requests_tokens"]),
            weights=_floats(arrays["requests_weights"]),
            sentences=_floats(arrays["requests_sentences"]),
            vectors=_floats(arrays["requests_vectors"]),
        ),
        typical=rest.typical,
        joined=rest.joined,
    )


def _background(arrays: Arrays, rest: _Rest) -> Background:
    terms = TermStatistics(
        documents=rest.term_documents,
        mean_length=rest.term_mean_length,
        frequencies=rest.terms,
    )
    ids, counts = arrays["token_ids"].tolist(), arrays["token_counts"].tolist()
    return Background(
        sides={kind: _side(arrays, kind, rest.languages[kind]) for kind in ListingKind},
        listings=rest.listings,
        token_counts=dict(zip(ids, counts, strict=True)),
        terms=terms,
        token_basis=_floats(arrays["token_basis"]),
    )


def _side(arrays: Arrays, kind: ListingKind, languages: Iterable[Language]) -> Side:
    return Side(
        token=_floats(arrays[f"{kind}_token"]),
        token_by_language={each: _floats(arrays[f"{kind}_token_{each}"]) for each in languages},
        weighted=_floats(arrays[f"{kind}_weighted"]),
        sentence=_floats(arrays[f"{kind}_sentence"]),
    )


def _floats(array: NDArray[np.generic]) -> NDArray[np.float32]:
    return array.astype(np.float32)
