"""The alignment in T as pairs of whole words: those of two listings that met and mean the same."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysis
from matching.common_parts import begins_with
from matching.designations import is_named_in, pieces_of
from matching.known_words import NO_WORDS_KNOWN, KnownWords
from matching.signals import alignment, stack_of
from matching.weights import WEIGHTS
from matching.word_pairs import Likeness, meets
from matching.wording import Roots, names_a_thing

Values = NDArray[np.float64]

MOST_WORDS = 3
LEAST_SIMILARITY = 0.25
"""Contrasted similarity below which two words are no reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedWords:
    """A word of the request and the word of the offer that it met."""

    request_word: str
    offer_word: str


def aligned_words(
    request: Analysis,
    offer: Analysis,
    *,
    roots: Roots,
    places: frozenset[str] = frozenset(),
    known: KnownWords = NO_WORDS_KNOWN,
) -> tuple[AlignedWords, ...]:
    """Designations of both, then pairs of whole words that carried the score and mean the same.

    Each once, at most three.
    """
    met = _met(request, offer, tuple(places | denied for denied in known.denied))
    contributions = _contributions(request, offer, met)
    similar = met ** (1 / WEIGHTS.contrast)
    designations = _designations(request, known)
    chosen = [AlignedWords(request_word=each, offer_word=each) for each in designations]
    used = {piece for each in designations for piece in pieces_of(each)}
    for asked, offered in sorted(contributions, key=lambda pair: (-contributions[pair], pair)):
        named = {asked.casefold(), offered.casefold(), *(roots(asked) & roots(offered))}
        if len(chosen) == MOST_WORDS or _are_used(named, used):
            continue
        likeness = _likeness(request, offer, similar, (asked, offered))
        if meets(asked, offered, likeness=likeness, roots=roots):
            chosen.append(AlignedWords(request_word=asked, offer_word=offered))
            used |= named
    return tuple(chosen)


def _are_used(named: set[str], used: set[str]) -> bool:
    """Whether one of them was shown, or has been under another ending: audit, auditors."""
    return bool(used & named) or any(begins_with(one, each) for one in named for each in used)


def _designations(request: Analysis, known: KnownWords) -> list[str]:
    """Those that the analysed part names: one of a further need says nothing about the whole."""
    named = [each for each in known.designations if is_named_in(each, request.terms)]
    return named[:MOST_WORDS]


def _met(request: Analysis, offer: Analysis, hidden: tuple[frozenset[str], ...]) -> Values:
    """Contrasted similarity of their tokens; nothing for words that are no reason."""
    met = alignment(request, stack_of([offer]))[0]
    shown = [
        np.array([names_a_thing(word) and word not in unsaid for word in analysis.words], bool)
        for analysis, unsaid in zip((request, offer), hidden, strict=True)
    ]
    similar: Values = met[: len(request.words), : len(offer.words)].astype(np.float64)
    kept: Values = similar * np.outer(*shown)
    return kept


def _contributions(request: Analysis, offer: Analysis, met: Values) -> dict[tuple[str, str], float]:
    """What each pair of words added to T, from both directions."""
    contributions: defaultdict[tuple[str, str], float] = defaultdict(float)
    if not met.size:
        return contributions
    forward = enumerate(met.argmax(axis=1).tolist())
    backward = ((i, j) for j, i in enumerate(met.argmax(axis=0).tolist()))
    for pairs, weights in ((forward, _shares(request)), (backward, _shares(offer))):
        for own, (i, j) in zip(weights, pairs, strict=True):
            if met[i, j] >= LEAST_SIMILARITY:
                contributions[request.words[i], offer.words[j]] += own * float(met[i, j])
    return contributions


def _likeness(
    request: Analysis, offer: Analysis, similar: Values, words: tuple[str, str]
) -> Likeness:
    asked, offered = _places(request, words[0]), _places(offer, words[1])
    pieces = similar[np.ix_(asked, offered)]
    nearest = pieces.max()
    return Likeness(
        nearest=float(nearest),
        throughout=float(min(pieces.max(axis=1).mean(), pieces.max(axis=0).mean())),
        whole=float(_whole(request, asked) @ _whole(offer, offered)),
        mutual=bool(nearest >= max(similar[asked].max(), similar[:, offered].max())),
    )


def _whole(analysis: Analysis, places: list[int]) -> Values:
    """A word's direction: the sum of its pieces by weight, of length one."""
    tokens = analysis.tokens[places].astype(np.float64)
    direction: Values = analysis.weights[places].astype(np.float64) @ tokens
    return direction / max(float(np.linalg.norm(direction)), 1e-9)


def _places(analysis: Analysis, word: str) -> list[int]:
    return [place for place, each in enumerate(analysis.words) if each == word]


def _shares(analysis: Analysis) -> list[float]:
    weights = analysis.weights[: len(analysis.words)].astype(np.float64)
    return [float(weight) for weight in weights / max(weights.sum(), 1e-9)]
