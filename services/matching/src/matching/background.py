"""What typical listings look like: centres, rarities, projections and references of one version."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from matching.bm25 import TermStatistics, term_statistics
from matching.encoder import Floats
from matching.reading import Reading
from matching.weights import WEIGHTS
from schemas.vocabulary import Language, ListingKind

SIDES = (ListingKind.OFFER, ListingKind.REQUEST)
STATE_DIMENSIONS = 384
LEAST_WEIGHT = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The means of one side, which make "like every request" mean nothing.

    `token_by_language` makes "in German" mean nothing either; a language the side has no listing
    of is centred as the side is.
    """

    token: Floats
    token_by_language: Mapping[Language, Floats]
    weighted: Floats
    sentence: Floats

    def token_centre(self, language: Language) -> Floats:
        return self.token_by_language.get(language, self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Centres a side, token rarity, term statistics and the basis of token vectors."""

    sides: dict[ListingKind, Side]
    listings: int
    token_counts: dict[int, int]
    terms: TermStatistics
    token_basis: Floats

    def token_weights(self, reading: Reading) -> Floats:
        """Rarity of each token, higher in the title."""
        rarity = [log(self.listings / self.token_counts.get(int(i), 1)) for i in reading.ids]
        factor = np.where(reading.in_title, WEIGHTS.title_factor, 1.0)
        weights: Floats = np.maximum(np.array(rarity) * factor, LEAST_WEIGHT).astype(np.float32)
        return weights

    def centred_states(self, reading: Reading) -> Floats:
        if not len(reading.ids):
            return np.zeros((0, STATE_DIMENSIONS), np.float32)
        return unit(reading.states - self.sides[reading.kind].token_centre(reading.language))

    def weighted(self, reading: Reading) -> Floats:
        """P of the recipe: the rarity-weighted sum of the tokens, centred for its side."""
        if not len(reading.ids):
            return np.zeros(STATE_DIMENSIONS, np.float32)
        summed = unit(self.token_weights(reading) @ self.centred_states(reading))
        return unit(summed - self.sides[reading.kind].weighted)

    def sentence(self, reading: Reading) -> Floats:
        """U of the recipe: the whole-text vector, centred for its side."""
        return unit(reading.sentence - self.sides[reading.kind].sentence)


def fitted_background(readings: Sequence[Reading]) -> Background:
    """Fit centres, rarities and the token basis on listings of both sides."""
    counts = Counter(int(i) for reading in readings for i in set(reading.ids.tolist()))
    sides = {kind: _side([r for r in readings if r.kind is kind]) for kind in SIDES}
    background = Background(
        sides=sides,
        listings=len(readings),
        token_counts=dict(counts),
        terms=term_statistics(reading.terms for reading in readings),
        token_basis=_token_basis(readings, sides),
    )
    return _with_weighted_centres(background, readings)


def principal_axes(rows: Floats, dimensions: int) -> Floats:
    """The leading axes as columns, without centring: the rows are centred a side already."""
    _, axes = np.linalg.eigh(rows.astype(np.float64).T @ rows.astype(np.float64))
    leading = axes[:, ::-1][:, :dimensions]
    signs = np.sign(leading[np.abs(leading).argmax(axis=0), np.arange(leading.shape[1])])
    basis: Floats = (leading * signs).astype(np.float32)
    return basis


def unit(rows: NDArray[np.floating]) -> Floats:
    """Rows of length one; a row of nothing stays nothing."""
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    divided: Floats = (rows / np.maximum(length, 1e-9)).astype(np.float32)
    return divided


def _side(readings: Sequence[Reading]) -> Side:
    telling = [reading for reading in readings if len(reading.ids)]
    token = _mean_state(telling)
    return Side(
        token=token,
        token_by_language=_language_centres(telling, side=token),
        weighted=np.zeros(STATE_DIMENSIONS, np.float32),
        sentence=np.stack([r.sentence for r in readings]).mean(axis=0),
    )


def _language_centres(readings: Sequence[Reading], *, side: Floats) -> dict[Language, Floats]:
    """The mean of each language, drawn towards the side's where few listings speak for it."""
    centres = {}
    for language in dict.fromkeys(reading.language for reading in readings):
        own = [reading for reading in readings if reading.language is language]
        share = len(own) / (len(own) + WEIGHTS.language_prior)
        centres[language] = share * _mean_state(own) + (1 - share) * side
    return centres


def _mean_state(readings: Iterable[Reading]) -> Floats:
    mean: Floats = np.concatenate([reading.states for reading in readings]).mean(axis=0)
    return mean


def _token_basis(readings: Iterable[Reading], sides: Mapping[ListingKind, Side]) -> Floats:
    rows = [unit(r.states - sides[r.kind].token_centre(r.language)) for r in readings if len(r.ids)]
    return principal_axes(np.concatenate(rows), WEIGHTS.token_dimensions)


def _with_weighted_centres(background: Background, readings: Sequence[Reading]) -> Background:
    sides = {}
    for kind, side in background.sides.items():
        sums = [background.weighted(reading) for reading in readings if reading.kind is kind]
        sides[kind] = replace(side, weighted=np.stack(sums).mean(axis=0))
    return replace(background, sides=sides)
