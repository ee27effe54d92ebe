from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matching_builders import THEMES, a_reading, a_request, an_offer

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.exact_vectors import ExactVectors
from matching.filed_index import Vectors
from matching.vector_graph import VectorGraph


@pytest.fixture
def offers(version: AnalysisVersion) -> list[Analysis]:
    return [version.analysed(a_reading(an_offer(f"{theme} ab lager"))) for theme in THEMES]


@pytest.fixture(params=[ExactVectors, VectorGraph])
def empty(version: AnalysisVersion, request: pytest.FixtureRequest) -> Vectors:
    made: Callable[..., Vectors] = request.param
    return made(typical_deviation=version.typical[2])


@pytest.fixture
def vectors(empty: Vectors, offers: list[Analysis]) -> Vectors:
    empty.add(range(len(offers)), offers)
    return empty


def test_the_nearest_comes_first(vectors: Vectors, version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request(THEMES[2])))

    assert vectors.best(request, 3)[0] == 2


def test_an_empty_index_finds_nothing(empty: Vectors, offers: list[Analysis]) -> None:
    assert empty.best(offers[0], 5) == []


def test_a_removed_row_is_not_found_and_may_come_back(
    vectors: Vectors, version: AnalysisVersion, offers: list[Analysis]
) -> None:
    request = version.analysed(a_reading(a_request(THEMES[2])))

    vectors.remove(2, offers[2])
    without = vectors.best(request, 10)
    vectors.add([2], [offers[2]])

    assert 2 not in without
    assert len(without) == len(offers) - 1
    assert vectors.best(request, 1) == [2]


def test_equal_vectors_are_all_found_whichever_is_removed(
    vectors: Vectors, version: AnalysisVersion, offers: list[Analysis]
) -> None:
    request = version.analysed(a_reading(a_request(THEMES[2])))
    vectors.add([10, 11], [offers[2], offers[2]])

    vectors.remove(2, offers[2])

    assert set(vectors.best(request, 2)) == {10, 11}
    vectors.remove(11, offers[2])
    assert vectors.best(request, 1) == [10]
    assert len(vectors) == len(offers)


def test_the_same_category_wins_between_equals(empty: Vectors, version: AnalysisVersion) -> None:
    offer = version.analysed(a_reading(an_offer(THEMES[0])))
    request = version.analysed(a_reading(a_request(THEMES[0], category="diagnostics")))
    empty.add(range(3), [replace(offer, category=name) for name in ("", "diagnostics", "other")])

    assert empty.best(request, 1) == [1]


def test_listings_without_a_telling_word_are_kept(
    vectors: Vectors, version: AnalysisVersion, offers: list[Analysis]
) -> None:
    untold = replace(offers[0], vector=np.zeros_like(offers[0].vector))

    vectors.add([7, 8], [untold, untold])

    assert {7, 8} <= set(vectors.best(offers[0], 20))


def test_there_is_room_for_any_number(
    vectors: Vectors, version: AnalysisVersion, offers: list[Analysis]
) -> None:
    vectors.add(range(100, 700), [offers[2]] * 600)

    found = vectors.best(version.analysed(a_reading(a_request(THEMES[2]))), 300)

    assert len(set(found)) == 300
    assert set(found) <= {2, *range(100, 700)}
