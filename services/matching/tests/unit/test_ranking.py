from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching_builders import THEMES, WordEncoder, a_reading, a_request, a_version, an_offer

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.encoder import Encoding, UnusableVector, finite
from matching.listing_text import ListingText
from matching.ranking import DifferentVersions, Score, scores
from matching.stored_analysis import UnreadableAnalysis, restored, stored
from matching.weights import THRESHOLDS, WEIGHTS
from schemas.vocabulary import ListingKind, Strength

REQUEST = a_request("atemschutz masken gesucht für klinik bedarf monat")
ODD_TEXTS = ["", "😀 😀", "שלום עולם", "Masken", "der die das", "<b></b>", "wort " * 800]


def analysed(version: AnalysisVersion, *themes: str) -> list[Analysis]:
    return [version.analysed(a_reading(an_offer(f"{theme} ab lager sofort"))) for theme in themes]


def test_the_offer_on_the_same_theme_comes_first(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(REQUEST))

    found = scores(request, analysed(version, *THEMES), version)

    assert max(range(len(THEMES)), key=lambda place: found[place].q) == 0


@given(asked=st.sampled_from(THEMES), offered=st.sampled_from(THEMES), known=st.booleans())
def test_a_pair_scores_the_same_from_either_side(
    asked: str,
    offered: str,
    known: bool,  # noqa: FBT001 - Hypothesis passes by name
) -> None:
    version = VERSION
    request = version.analysed(a_reading(a_request(asked)), in_background=known)
    (offer,) = analysed(version, offered)

    (there,) = scores(request, [offer], version)
    (back,) = scores(offer, [request], version)

    assert there.q == pytest.approx(back.q, rel=1e-5)
    assert there.d == pytest.approx(back.d, rel=1e-5)


def test_one_category_adds_its_bonus(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(REQUEST))
    (same,) = analysed(version, THEMES[0])

    with_bonus, without = scores(request, [same, replace(same, category="food")], version)

    assert with_bonus.q - without.q == pytest.approx(WEIGHTS.same_category_first)
    assert with_bonus.d - without.d == pytest.approx(WEIGHTS.same_category)


def test_words_in_common_help_only_short_texts(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(REQUEST))
    (long,) = analysed(version, THEMES[0])
    short = replace(long, word_count=WEIGHTS.short_text_words - 1)

    of_long, of_short = scores(request, [long, short], version)

    assert 0 < of_short.q - of_long.q <= WEIGHTS.lexical_share


def test_a_request_in_the_background_is_not_held_against_its_match(
    version: AnalysisVersion,
) -> None:
    request = version.analysed(a_reading(REQUEST))
    (offer,) = analysed(version, THEMES[0])

    (as_new,) = scores(request, [offer], version)
    (as_known,) = scores(replace(request, in_background=True), [offer], version)

    assert as_known.d > as_new.d
    assert as_known.q == as_new.q


@pytest.mark.parametrize(
    ("d", "strength"),
    [
        (THRESHOLDS.possible - 0.01, None),
        (THRESHOLDS.possible, Strength.POSSIBLE),
        (THRESHOLDS.strong, Strength.STRONG),
    ],
)
def test_d_decides_the_strength(d: float, strength: Strength | None) -> None:
    assert Score(q=0.0, d=d).strength() is strength


def test_versions_never_mix(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(REQUEST))
    foreign = a_version("v2").analysed(a_reading(an_offer(THEMES[0])))

    with pytest.raises(DifferentVersions):
        scores(request, [foreign], version)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_get_finite_scores(text: str, version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request(text)))
    offers = [version.analysed(a_reading(an_offer(odd))) for odd in ODD_TEXTS]

    found = scores(request, offers, version)

    assert np.isfinite([[score.q, score.d] for score in found]).all()


@pytest.mark.parametrize("listing", [REQUEST, an_offer(THEMES[1], "ab Lager")])
def test_a_stored_analysis_comes_back_whole(listing: ListingText, version: AnalysisVersion) -> None:
    analysis = version.analysed(a_reading(listing))

    row = stored(analysis)
    back = restored(row, kind=analysis.kind, category=analysis.category)

    assert stored(back) == row
    assert [len(row.tokens), len(row.token_weights), len(row.sentence), len(row.vector)] == [
        4096,
        64,
        1024,
        256,
    ]
    assert (back.words, back.spreads) == (analysis.words, analysis.spreads)


def test_a_cut_column_is_refused(version: AnalysisVersion) -> None:
    row = replace(stored(version.analysed(a_reading(REQUEST))), tokens=b"short")

    with pytest.raises(UnreadableAnalysis):
        restored(row, kind=ListingKind.REQUEST, category="food")


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_vector_that_is_no_number_is_refused(broken: float) -> None:
    with pytest.raises(UnusableVector):
        finite(np.array([0.1, broken], np.float32))


def test_a_broken_encoder_makes_no_analysis(version: AnalysisVersion) -> None:
    reading = a_reading(REQUEST)
    broken = replace(reading, sentence=np.full(512, np.nan, np.float32))

    with pytest.raises(UnusableVector):
        version.analysed(broken)


def test_the_hand_written_encoder_speaks_the_encoders_shapes() -> None:
    encoding: Encoding = WordEncoder().encode("zwei Worte")

    assert encoding.states.shape == (2, 384)


VERSION = a_version()
