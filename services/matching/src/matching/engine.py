"""The engine as the service uses it: analyse a listing, score a pair, rank candidates, say why."""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion, fitted_version
from matching.compounds import CompoundSplitter
from matching.dictionaries import load_dictionaries
from matching.encoder import Encoder, PairedEncoder, UnusableVector
from matching.explanation import NOTHING_KNOWN, Circumstances, Reasons, reasons
from matching.lexicon import Lexicon
from matching.listing_index import IndexSettings
from matching.listing_text import ListingText
from matching.model import DamagedModel, Manifest, checked_manifest
from matching.model_compact import checked_compact
from matching.ranking import Score, scores
from matching.reading import Reading, reading_of
from matching.shipped_background import segments, shipped_fingerprint, shipped_listings
from matching.version_file import keep_version, load_version
from matching.weights import (
    THRESHOLDS,
    UNJOINED_THRESHOLDS,
    WEIGHTS,
    Thresholds,
    fingerprint,
)
from schemas.vocabulary import ListingKind, Strength

Key = TypeVar("Key", bound=Hashable)
Progress = Callable[[Sequence[ListingText]], Iterable[ListingText]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """How well a request and an offer fit, and why; no strength means: not to be proposed."""

    score: Score
    strength: Strength | None
    reasons: Reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked(Generic[Key]):
    """A candidate in its place."""

    id: Key
    pair: Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Pure and deterministic; one version of analyses throughout.

    `threshold` is the operator's, in place of the one measured for this kind of background.
    """

    encoder: Encoder
    lexicon: Lexicon
    version: AnalysisVersion
    threshold: float | None = None

    @property
    def thresholds(self) -> Thresholds:
        measured = THRESHOLDS if self.version.joined else UNJOINED_THRESHOLDS
        if self.threshold is None:
            return measured
        strong = max(self.threshold, measured.strong)
        return replace(measured, possible=self.threshold, strong=strong)

    @classmethod
    def load(cls, directory: Path, *, progress: Progress | None = None) -> "Engine":
        """Load model and analysis version; the shipped background is fitted once and kept.

        Raises `MissingModel` or `DamagedModel`.
        """
        manifest = checked_manifest(directory)
        compact = checked_compact(directory, manifest)
        load_dictionaries(compact.folder if compact else None)
        encoder = PairedEncoder(directory, compact)
        lexicon = Lexicon(CompoundSplitter(encoder.rank).parts)
        number = version_number(manifest)
        version = load_version(directory, number)
        if version is None:
            version = _fitted(encoder, lexicon, number=number, progress=progress or iter)
            keep_version(version, directory)
        return cls(encoder=encoder, lexicon=lexicon, version=version)

    def read(self, listing: ListingText) -> Reading:
        return reading_of(listing, encoder=self.encoder, lexicon=self.lexicon)

    def analyse(self, listing: ListingText, *, in_background: bool = False) -> Analysis:
        """Encode and analyse; raises `UnusableVector` where an encoder fails."""
        return self.version.analysed(self.read(listing), in_background=in_background)

    def under(self, version: AnalysisVersion) -> "Engine":
        """The same engine with another version of analyses."""
        return replace(self, version=version)

    def scores(self, one: Analysis, many: Sequence[Analysis]) -> tuple[Score, ...]:
        """Score one listing against listings of the other side, in their order."""
        return scores(one, many, self.version)

    def reasons(
        self, request: Analysis, offer: Analysis, circumstances: Circumstances = NOTHING_KNOWN
    ) -> Reasons:
        return reasons(request, offer, circumstances, roots=self.lexicon.roots)

    def score(
        self, request: Analysis, offer: Analysis, circumstances: Circumstances = NOTHING_KNOWN
    ) -> Pair:
        (score,) = self.scores(request, [offer])
        return self._pair(score, request, offer, circumstances)

    def rank(
        self,
        analysis: Analysis,
        candidates: Mapping[Key, Analysis],
        *,
        best: int = WEIGHTS.candidates,
        circumstances: Mapping[Key, Circumstances] | None = None,
    ) -> tuple[Ranked[Key], ...]:
        """The best candidates by Q, best first; equal scores keep the given order."""
        keys, others = list(candidates), list(candidates.values())
        scored = dict(zip(keys, self.scores(analysis, others), strict=True))
        known = circumstances or {}
        return tuple(
            Ranked(
                id=key,
                pair=self._pair(
                    scored[key],
                    *_request_first(analysis, candidates[key]),
                    known.get(key, NOTHING_KNOWN),
                ),
            )
            for key in sorted(keys, key=lambda key: -scored[key].q)[:best]
        )

    def index_settings(self, folder: Path | None = None) -> IndexSettings:
        """Of indexes for analyses of this engine's version; their files lie in the folder."""
        return IndexSettings(
            typical_deviation=self.version.typical[2], version=self.version.number, folder=folder
        )

    def _pair(
        self, score: Score, request: Analysis, offer: Analysis, circumstances: Circumstances
    ) -> Pair:
        return Pair(
            score=score,
            strength=score.strength(self.thresholds),
            reasons=self.reasons(request, offer, circumstances),
        )


def version_number(manifest: Manifest) -> str:
    """Twelve digits that change with model, weights or shipped background."""
    parts = (*sorted(manifest.sha256.items()), fingerprint(WEIGHTS), shipped_fingerprint())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _fitted(
    encoder: Encoder, lexicon: Lexicon, *, number: str, progress: Progress
) -> AnalysisVersion:
    try:
        return fit_shipped(encoder, lexicon, number=number, progress=progress)
    except UnusableVector as error:
        raise DamagedModel(
            "The model makes no numbers of the texts that ship with the service:"
            " build it anew with python -m matching model, or name another one."
        ) from error


def fit_shipped(
    encoder: Encoder, lexicon: Lexicon, *, number: str, progress: Progress
) -> AnalysisVersion:
    """Fit the first version on the listings that ship with the service."""
    texts = [listing.text for listing in shipped_listings()]
    parts = [part for text in texts for part in segments(text)]
    readings = [
        reading_of(text, encoder=encoder, lexicon=lexicon) for text in progress([*texts, *parts])
    ]
    return fitted_version(readings[: len(texts)], samples=readings, number=number)


def _request_first(one: Analysis, other: Analysis) -> tuple[Analysis, Analysis]:
    return (one, other) if one.kind is ListingKind.REQUEST else (other, one)
