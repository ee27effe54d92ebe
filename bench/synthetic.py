"""Listings by the million that cluster like real ones: words and vectors of two real ones mixed.

A synthetic listing keeps some words of one real listing and adds some of another, with the token
states, sentence vectors and terms of just these words, noise on all of them, and words of a wide
vocabulary as common as German makes them. The engine analyses it as it analyses any reading.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from originals import Original, german_words, original_of, real_texts

from matching.analysis import Analysis, Spread, analysis_of
from matching.background import unit
from matching.engine import Engine
from matching.reading import Reading
from schemas.vocabulary import Language, ListingKind

NOISE = 0.35
"""Length of the noise on a unit vector: a word in another sentence is about that far away."""

VARIATION = 0.2
"""The same for a listing that nearly repeats another."""

FILLERS = 10
"""Words of the wide vocabulary in a listing, on average."""

COMPOUND_SHARE = 0.4
COMMON_RANK = 300.0
"""Flattens the head of the vocabulary: its commonest words are stop words or nearly so."""

Item = TypeVar("Item")
Mask = NDArray[np.bool_]
Filler = tuple[str, ...]
"""A word of the wide vocabulary, or the two that make a compound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticListing:
    """What the database keeps of it and what the engine knows of it."""

    text: str
    analysis: Analysis


class Crowd:
    """Draws synthetic listings; the same seed draws the same ones."""

    def __init__(self, engine: Engine, *, seed: int = 0) -> None:
        self._engine = engine
        self._terms = lru_cache(maxsize=200_000)(self._terms_of)
        self._draw = np.random.default_rng(seed)
        originals = [original_of(text, engine) for text in real_texts()]
        self._originals = {
            kind: [each for each in originals if each.reading.kind is kind] for kind in ListingKind
        }
        self._vocabulary = german_words()
        shares = 1.0 / (COMMON_RANK + np.arange(len(self._vocabulary)))
        self._cumulated = np.cumsum(shares / shares.sum())

    def listings(self, kind: ListingKind, count: int) -> Iterator[SyntheticListing]:
        originals = self._originals[kind]
        for _ in range(count):
            one, other = (originals[place] for place in self._draw.integers(len(originals), size=2))
            yield self._mixed(one, other, share=float(self._draw.uniform(0.35, 0.9)))

    def variant(self, listing: SyntheticListing) -> SyntheticListing:
        """Nearly the same listing again, at a twentieth of the cost, with other rare words."""
        fillers, analysis = self._fillers(), listing.analysis
        draw = self._draw.standard_normal
        sentence = analysis.sentence + VARIATION * draw(analysis.sentence.shape, np.float32) / 22
        return SyntheticListing(
            text=" ".join([listing.text, *("".join(parts) for parts in fillers)]),
            analysis=replace(
                analysis,
                tokens=_varied(analysis.tokens, self._draw),
                sentence=unit(sentence).astype(np.float16),
                vector=_varied(analysis.vector, self._draw),
                terms=(
                    *analysis.terms,
                    *(term for parts in fillers for term in self._filler_terms(parts)),
                ),
            ),
        )

    def _mixed(self, one: Original, other: Original, *, share: float) -> SyntheticListing:
        kept = [
            self._draw.random(len(each.words)) < part
            for each, part in ((one, share), (other, 1 - share))
        ]
        kept[0][self._draw.integers(len(one.words))] = True
        fillers = self._fillers()
        reading = self._reading(one, other, kept, share=share, fillers=fillers)
        version = self._engine.version
        analysis = analysis_of(
            reading,
            background=version.background,
            projection=version.projection,
            version=version.number,
        )
        words = [*_chosen(one.words, kept[0]), *_chosen(other.words, kept[1])]
        words += ["".join(parts) for parts in fillers]
        return SyntheticListing(
            text=" ".join(words),
            analysis=replace(analysis, spreads=_between(one.spreads, other.spreads, share)),
        )

    def _reading(
        self,
        one: Original,
        other: Original,
        kept: list[Mask],
        *,
        share: float,
        fillers: list[Filler],
    ) -> Reading:
        tokens = [mask[each.owners] for mask, each in zip(kept, (one, other), strict=True)]
        pair = one.reading, other.reading
        terms = [
            term
            for each, mask in zip((one, other), kept, strict=True)
            for group in _chosen(each.terms, mask)
            for term in group
        ]
        states = np.concatenate([r.states[t] for r, t in zip(pair, tokens, strict=True)])
        sentence = unit(share * pair[0].sentence + (1 - share) * pair[1].sentence)
        return Reading(
            kind=pair[0].kind,
            language=pair[0].language,
            category=pair[0].category,
            ids=np.concatenate([r.ids[t] for r, t in zip(pair, tokens, strict=True)]),
            states=self._noisy(states),
            in_title=np.concatenate([r.in_title[t] for r, t in zip(pair, tokens, strict=True)]),
            words=tuple(w for r, t in zip(pair, tokens, strict=True) for w in _chosen(r.words, t)),
            sentence=unit(self._noisy(sentence)),
            terms=(*terms, *(term for parts in fillers for term in self._filler_terms(parts))),
            word_count=int(kept[0].sum() + kept[1].sum()) + len(fillers),
        )

    def _noisy(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Add noise of the given share of the spread between rows, or of their length."""
        spread = rows - rows.mean(axis=0) if rows.ndim > 1 and len(rows) > 1 else rows
        length = np.linalg.norm(spread, axis=-1, keepdims=True) / np.sqrt(rows.shape[-1])
        noise = self._draw.standard_normal(rows.shape, np.float32)
        noisy: NDArray[np.float32] = (rows + NOISE * length * noise).astype(np.float32)
        return noisy

    def _fillers(self) -> list[Filler]:
        count = int(self._draw.poisson(FILLERS))
        compounds = self._draw.random(count) < COMPOUND_SHARE
        return [
            (self._word(), self._word().lower()) if compound else (self._word(),)
            for compound in compounds.tolist()
        ]

    def _word(self) -> str:
        return self._vocabulary[int(np.searchsorted(self._cumulated, self._draw.random()))]

    def _filler_terms(self, parts: Filler) -> tuple[str, ...]:
        """A compound and its parts, without looking for them: it is known how it was made."""
        own = tuple(term for part in parts for term in self._terms(part))
        return own if len(parts) == 1 else ("".join(parts).lower(), *own)

    def _terms_of(self, word: str) -> tuple[str, ...]:
        return self._engine.lexicon.terms(word, Language.GERMAN)


def _between(
    one: tuple[Spread, Spread, Spread] | None,
    other: tuple[Spread, Spread, Spread] | None,
    share: float,
) -> tuple[Spread, Spread, Spread] | None:
    """Spreads of a mixture; measuring them against the background would take most of the time."""
    if one is None or other is None:
        return None
    first, second, third = (
        Spread(
            mean=share * mine.mean + (1 - share) * theirs.mean,
            deviation=share * mine.deviation + (1 - share) * theirs.deviation,
        )
        for mine, theirs in zip(one, other, strict=True)
    )
    return first, second, third


def _varied(rows: NDArray[np.int8], draw: np.random.Generator) -> NDArray[np.int8]:
    spread = VARIATION * float(np.abs(rows).mean())
    varied = rows + spread * draw.standard_normal(rows.shape, np.float32)
    return np.clip(np.rint(varied), -127, 127).astype(np.int8)


def _chosen(items: Sequence[Item], mask: Mask) -> list[Item]:
    return [item for item, kept in zip(items, mask.tolist(), strict=True) if kept]
