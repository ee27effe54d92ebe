from dataclasses import replace

import numpy as np
import pytest
from crowd_builders import a_crowd
from matching_builders import THEMES, a_reading, a_request, an_offer

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.vector_cells import ONE_IN, VectorCells
from schemas.vocabulary import ListingKind

LOOKED_AT = 300


@pytest.fixture
def offers(version: AnalysisVersion) -> list[Analysis]:
    return [version.analysed(a_reading(an_offer(f"{theme} ab lager"))) for theme in THEMES]


@pytest.fixture
def empty(version: AnalysisVersion) -> VectorCells:
    return VectorCells(typical_deviation=version.typical[2], looked_at=LOOKED_AT)


@pytest.fixture
def vectors(empty: VectorCells, offers: list[Analysis]) -> VectorCells:
    empty.add(range(len(offers)), offers)
    return empty


def test_the_nearest_comes_first(vectors: VectorCells, version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request(THEMES[2])))

    assert vectors.best(request, 3)[0] == 2


def test_an_empty_index_finds_nothing(empty: VectorCells, offers: list[Analysis]) -> None:
    assert empty.best(offers[0], 5) == []


def test_a_removed_row_is_not_found_and_may_come_back(
    vectors: VectorCells, version: AnalysisVersion, offers: list[Analysis]
) -> None:
    request = version.analysed(a_reading(a_request(THEMES[2])))

    vectors.remove(2)
    without = vectors.best(request, 10)
    vectors.add([2], [offers[2]])

    assert 2 not in without
    assert len(without) == len(offers) - 1
    assert vectors.best(request, 1) == [2]


def test_equal_vectors_are_all_found_whichever_is_removed(
    vectors: VectorCells, version: AnalysisVersion, offers: list[Analysis]
) -> None:
    request = version.analysed(a_reading(a_request(THEMES[2])))
    vectors.add([10, 11], [offers[2], offers[2]])

    vectors.remove(2)

    assert set(vectors.best(request, 2)) == {10, 11}
    vectors.remove(11)
    assert vectors.best(request, 1) == [10]
    assert len(vectors) == len(offers)


def test_the_same_category_wins_between_equals(
    empty: VectorCells, version: AnalysisVersion
) -> None:
    offer = version.analysed(a_reading(an_offer(THEMES[0])))
    request = version.analysed(a_reading(a_request(THEMES[0], category="diagnostics")))
    empty.add(range(3), [replace(offer, category=name) for name in ("", "diagnostics", "other")])

    assert empty.best(request, 1) == [1]


def test_listings_without_a_telling_word_are_kept(
    vectors: VectorCells, version: AnalysisVersion, offers: list[Analysis]
) -> None:
    untold = replace(offers[0], vector=np.zeros_like(offers[0].vector))

    vectors.add([7, 8], [untold, untold])

    assert {7, 8} <= set(vectors.best(offers[0], 20))


@pytest.fixture
def crowd(version: AnalysisVersion) -> list[Analysis]:
    readings = [a_reading(an_offer(f"{theme} ab lager")) for theme in THEMES]
    return a_crowd(version, readings, ListingKind.OFFER, 4 * LOOKED_AT)


def exact_best(one: Analysis, crowd: list[Analysis], version: AnalysisVersion) -> list[int]:
    """Of a side so small that all of it is looked at."""
    exact = VectorCells(typical_deviation=version.typical[2])
    exact.add(range(len(crowd)), crowd)
    return exact.best(one, 20)


def test_the_likeliest_cells_hold_nearly_all_of_the_best(
    empty: VectorCells, version: AnalysisVersion, crowd: list[Analysis]
) -> None:
    request = version.analysed(a_reading(a_request(THEMES[2])))
    empty.add(range(len(crowd)), crowd)

    empty.arrange()

    found = empty.best(request, 20)
    assert len(set(found)) == 20
    assert len(set(found) & set(exact_best(request, crowd, version))) >= 18


def test_of_a_very_large_side_a_part_is_looked_at(
    version: AnalysisVersion, crowd: list[Analysis]
) -> None:
    """However few are enough for a small one."""
    few = len(crowd) // (4 * ONE_IN)
    large = VectorCells(typical_deviation=version.typical[2], looked_at=few)
    large.add(range(len(crowd)), crowd)

    large.arrange()

    assert len(crowd) // ONE_IN <= len(large.best(crowd[0], len(crowd))) < len(crowd) // 2


def test_what_is_added_to_cells_is_found_and_what_is_removed_is_not(
    empty: VectorCells, version: AnalysisVersion, crowd: list[Analysis]
) -> None:
    empty.add(range(len(crowd)), crowd)
    empty.arrange()
    best, *others = empty.best(crowd[0], 20)

    empty.remove(best)
    empty.add([len(crowd)], [crowd[best]])

    assert set(empty.best(crowd[0], 20)) == {len(crowd), *others}
    assert len(empty) == len(crowd)


def test_rows_may_be_removed_until_none_is_left(
    empty: VectorCells, version: AnalysisVersion, crowd: list[Analysis]
) -> None:
    empty.add(range(len(crowd)), crowd)
    empty.arrange()

    for row in np.random.default_rng(0).permutation(len(crowd)).tolist():
        assert row in empty.best(crowd[row], len(empty))
        empty.remove(row)

    assert empty.best(crowd[0], 20) == []


def test_there_is_room_for_any_number(
    vectors: VectorCells, version: AnalysisVersion, offers: list[Analysis]
) -> None:
    vectors.add(range(100, 2000), [offers[2]] * 1900)
    vectors.arrange()

    found = vectors.best(version.analysed(a_reading(a_request(THEMES[2]))), 300)

    assert len(set(found)) == 300
    assert set(found) <= {2, *range(100, 2000)}
