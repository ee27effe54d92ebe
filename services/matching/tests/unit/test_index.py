import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_builders import THEMES, a_reading, a_request, an_offer

from matching.analysis_version import AnalysisVersion
from matching.bm25 import LexicalIndex, term_statistics
from matching.index import MatrixIndex


@pytest.fixture
def index(version: AnalysisVersion) -> MatrixIndex[str]:
    filled: MatrixIndex[str] = MatrixIndex(typical_deviation=version.typical[2])
    for theme in THEMES:
        filled.add(theme, version.analysed(a_reading(an_offer(f"{theme} ab lager"))))
    return filled


def test_the_nearest_offer_is_the_first_candidate(
    index: MatrixIndex[str], version: AnalysisVersion
) -> None:
    request = version.analysed(a_reading(a_request(f"{THEMES[3]} gesucht bald")))

    assert index.candidates(request, 3)[0] == THEMES[3]


def test_candidates_are_of_the_other_side_only(
    index: MatrixIndex[str], version: AnalysisVersion
) -> None:
    request = version.analysed(a_reading(a_request(THEMES[0])))
    index.add("mine", request)

    assert "mine" not in index.candidates(request)


def test_what_is_removed_is_no_candidate(index: MatrixIndex[str], version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request(THEMES[0])))

    index.remove(THEMES[0])
    index.remove(THEMES[0])

    assert set(index.candidates(request)) == set(THEMES[1:])


def test_a_listing_that_changes_its_kind_changes_sides(
    index: MatrixIndex[str], version: AnalysisVersion
) -> None:
    request = version.analysed(a_reading(a_request(THEMES[0])))

    index.add(THEMES[0], request)

    assert THEMES[0] not in index.candidates(request)
    assert len(index) == len(THEMES)


def test_the_index_grows_beyond_its_first_capacity(version: AnalysisVersion) -> None:
    index: MatrixIndex[int] = MatrixIndex(typical_deviation=version.typical[2])
    offer = version.analysed(a_reading(an_offer(THEMES[0])))
    for key in range(600):
        index.add(key, offer)

    found = index.candidates(version.analysed(a_reading(a_request(THEMES[0]))), 200)

    assert len(set(found)) == len(found) >= 200


@settings(max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=40))
def test_words_index_holds_exactly_what_was_added_last(steps: list[tuple[bool, int]]) -> None:
    index: LexicalIndex[int] = LexicalIndex()
    live: set[int] = set()
    for added, key in steps:
        if added:
            index.add(key, (f"word{key}", "common"))
            live.add(key)
        else:
            index.remove(key)
            live.discard(key)

    assert set(index.scores(["common"])) == live


def test_rare_words_weigh_more_than_common_ones() -> None:
    index: LexicalIndex[str] = LexicalIndex()
    index.add("rare", ("pumpe", "gerät"))
    index.add("common", ("gerät", "gerät"))

    assert index.best(["pumpe", "gerät"], 2) == ["rare", "common"]


def test_the_share_of_bm25_lies_between_nothing_and_all() -> None:
    statistics = term_statistics([("pumpe", "labor"), ("bett", "labor")])

    assert statistics.share(("pumpe",), ("bett",)) == 0
    assert 0 < statistics.share(("pumpe",), ("pumpe", "labor")) <= 1
    assert statistics.share((), ("pumpe",)) == 0
