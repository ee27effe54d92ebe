"""Centres of a background: what a language adds to every token, and how few may say it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from matching_builders import THEMES, a_listing, a_reading

from matching.background import Background, fitted_background, unit
from matching.encoder import Floats
from matching.reading import Reading
from matching.weights import WEIGHTS
from schemas.vocabulary import Language, ListingKind

MANY, FEW = 60, 2
ACCENT = 30 * unit(np.random.default_rng(0).standard_normal(384))
"""What English adds to the state of every token."""


def a_spoken_reading(kind: ListingKind, text: str, language: Language) -> Reading:
    reading = a_reading(a_listing(kind, text, language=language))
    accent = ACCENT if language is Language.ENGLISH else 0 * ACCENT
    return replace(reading, states=reading.states + accent)


def readings(*, german: int, english: int) -> list[Reading]:
    return [
        a_spoken_reading(kind, f"{THEMES[place % len(THEMES)]} ware{place}", language)
        for kind in ListingKind
        for language, count in ((Language.GERMAN, german), (Language.ENGLISH, english))
        for place in range(count)
    ]


def mean_state(of: Sequence[Reading]) -> Floats:
    mean: Floats = np.concatenate([reading.states for reading in of]).mean(axis=0)
    return mean


def likeness(background: Background, one: Reading, other: Reading) -> float:
    both = background.centred_states(one) * background.centred_states(other)
    return float(both.sum(axis=1).mean())


def test_one_text_in_two_languages_is_one_text() -> None:
    background = fitted_background(readings(german=MANY, english=MANY))
    alike = replace(
        background,
        sides={k: replace(side, token_by_language={}) for k, side in background.sides.items()},
    )
    german = a_spoken_reading(ListingKind.REQUEST, THEMES[0], Language.GERMAN)
    english = a_spoken_reading(ListingKind.OFFER, THEMES[0], Language.ENGLISH)

    by_side, by_language = likeness(alike, german, english), likeness(background, german, english)

    assert by_side < 0.6
    assert by_language > 0.9


@pytest.mark.parametrize(("count", "share"), [(FEW, 1 / 11), (MANY, 3 / 4)])
def test_a_language_counts_as_much_as_its_listings_say(count: int, share: float) -> None:
    known = readings(german=MANY, english=count)
    offers = [reading for reading in known if reading.kind is ListingKind.OFFER]
    english = mean_state([r for r in offers if r.language is Language.ENGLISH])

    centre = fitted_background(known).sides[ListingKind.OFFER].token_centre(Language.ENGLISH)

    assert WEIGHTS.language_prior == 20
    expected = share * english + (1 - share) * mean_state(offers)
    assert np.allclose(centre, expected, atol=1e-4)


def test_a_language_of_no_listing_is_centred_as_its_side() -> None:
    side = fitted_background(readings(german=FEW, english=0)).sides[ListingKind.REQUEST]

    assert np.array_equal(side.token_centre(Language.ENGLISH), side.token)


def test_a_listing_without_tokens_says_nothing_about_its_language() -> None:
    silent = a_reading(a_listing(ListingKind.OFFER, "", language=Language.ENGLISH))

    side = fitted_background([*readings(german=FEW, english=0), silent]).sides[ListingKind.OFFER]

    assert set(side.token_by_language) == {Language.GERMAN}
