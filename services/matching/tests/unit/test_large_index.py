from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from crowd_builders import keyed
from matching_builders import THEMES, a_reading, a_request, an_offer

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.large_index import VECTOR_CANDIDATES, LargeIndex
from matching.ranking import scores_against


@pytest.fixture
def large(version: AnalysisVersion, tmp_path: Path) -> Iterator[LargeIndex]:
    index = LargeIndex(
        folder=tmp_path, typical_deviation=version.typical[2], version=version.number
    )
    index.add_many(offers(version))
    index.commit()
    yield index
    index.close()


def offers(version: AnalysisVersion) -> list[tuple[UUID, Analysis]]:
    return keyed([version.analysed(a_reading(an_offer(f"{theme} ab lager"))) for theme in THEMES])


def asked(version: AnalysisVersion, theme: int) -> Analysis:
    return version.analysed(a_reading(a_request(f"{THEMES[theme]} gesucht")))


def best(index: LargeIndex, one: Analysis, version: AnalysisVersion) -> UUID:
    keys = index.candidates(one)
    scored = scores_against(one, index.counterparts(keys), version)
    return keys[scored.best(1)[0]]


@pytest.mark.parametrize("theme", range(len(THEMES)))
def test_the_best_of_the_other_side_is_found(
    large: LargeIndex, version: AnalysisVersion, theme: int
) -> None:
    assert best(large, asked(version, theme), version) == UUID(int=theme + 1)


def test_what_is_added_is_found_before_any_commit(
    large: LargeIndex, version: AnalysisVersion
) -> None:
    offer = version.analysed(a_reading(an_offer("kaffee röstung bohnen")))
    large.add(UUID(int=50), offer)
    request = version.analysed(a_reading(a_request("kaffee bohnen gesucht")))

    assert best(large, request, version) == UUID(int=50)
    assert large.uncommitted == 1


def test_what_is_removed_is_not_found(large: LargeIndex, version: AnalysisVersion) -> None:
    large.remove(UUID(int=1))
    large.remove(UUID(int=1))

    before = large.candidates(asked(version, 0))
    large.commit()

    assert UUID(int=1) not in before
    assert set(large.candidates(asked(version, 0))) == set(before)
    assert UUID(int=1) not in large
    assert large.find(UUID(int=1)) is None


def test_a_listing_with_a_new_text_is_found_by_it_alone(
    large: LargeIndex, version: AnalysisVersion
) -> None:
    changed = version.analysed(a_reading(an_offer(f"{THEMES[3]} neu")))

    for _ in range(3):
        large.add(UUID(int=1), changed)
        large.commit()

    assert large.candidates(asked(version, 0)).count(UUID(int=1)) == 1
    assert set(large.candidates(asked(version, 3))[:2]) == {UUID(int=1), UUID(int=4)}
    found = large.find(UUID(int=1))
    assert found is not None
    assert found.words == changed.words
    assert len(large) == len(THEMES)


def test_a_listing_that_changes_its_kind_changes_sides(
    large: LargeIndex, version: AnalysisVersion
) -> None:
    large.add(UUID(int=1), asked(version, 0))

    assert UUID(int=1) not in large.candidates(asked(version, 0))
    assert large.candidates(offers(version)[0][1]) == (UUID(int=1),)


def test_rows_of_removed_listings_are_used_again(
    large: LargeIndex, version: AnalysisVersion
) -> None:
    for theme in range(len(THEMES)):
        large.remove(UUID(int=theme + 1))
    assert large.candidates(asked(version, 0)) == ()
    large.commit()

    large.add_many([(UUID(int=key.int + 100), each) for key, each in offers(version)])

    assert best(large, asked(version, 2), version) == UUID(int=103)


def test_ten_thousand_identical_listings_hide_nobody_else(
    large: LargeIndex, version: AnalysisVersion
) -> None:
    same = offers(version)[0][1]
    large.add_many([(UUID(int=1000 + place), same) for place in range(10_000)])
    large.commit()

    assert len(large.candidates(asked(version, 0))) >= VECTOR_CANDIDATES
    for theme in range(1, len(THEMES)):
        assert best(large, asked(version, theme), version) == UUID(int=theme + 1)


def test_empty_texts_are_kept_and_meet_nobody_by_words(
    large: LargeIndex, version: AnalysisVersion
) -> None:
    empty = version.analysed(a_reading(a_request("")))
    large.add(UUID(int=90), empty)
    large.add(UUID(int=91), replace(empty, kind=offers(version)[0][1].kind))
    large.commit()

    assert UUID(int=90) in large.candidates(offers(version)[0][1])
    found = large.candidates(empty)
    assert len(scores_against(empty, large.counterparts(found[:1]), version).q) == 1
