from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from crowd_builders import keyed
from full_disk import full_disk
from matching_builders import THEMES, a_reading, a_request, an_offer

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.filed_index import COMMIT_FROM, LEAST_BY_VECTOR, FiledIndex, IndexClosed
from matching.listing_index import IndexSettings
from matching.mapped_file import STEP_BYTES
from matching.ranking import scores_against
from matching.token_file import RECORD
from matching.vector_cells import LOOKED_AT


@pytest.fixture
def index(
    version: AnalysisVersion, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[FiledIndex]:
    settings = IndexSettings(
        typical_deviation=version.typical[2],
        version=version.number,
        folder=tmp_path,
        looked_at=getattr(request, "param", LOOKED_AT),
    )
    index = settings.opened()
    index.add_many(offers(version))
    index.commit(at_least=1)
    yield index
    index.close()


def offers(version: AnalysisVersion) -> list[tuple[UUID, Analysis]]:
    return keyed([version.analysed(a_reading(an_offer(f"{theme} ab lager"))) for theme in THEMES])


def asked(version: AnalysisVersion, theme: int) -> Analysis:
    return version.analysed(a_reading(a_request(f"{THEMES[theme]} gesucht")))


def best(index: FiledIndex, one: Analysis, version: AnalysisVersion) -> UUID:
    keys = index.candidates(one)
    scored = scores_against(one, index.counterparts(keys), version)
    return keys[scored.best(1)[0]]


@pytest.mark.parametrize("theme", range(len(THEMES)))
def test_the_best_of_the_other_side_is_found(
    index: FiledIndex, version: AnalysisVersion, theme: int
) -> None:
    assert best(index, asked(version, theme), version) == UUID(int=theme + 1)


def test_what_is_added_is_found_before_any_commit(
    index: FiledIndex, version: AnalysisVersion
) -> None:
    offer = version.analysed(a_reading(an_offer("kaffee röstung bohnen")))
    index.add(UUID(int=50), offer)
    request = version.analysed(a_reading(a_request("kaffee bohnen gesucht")))

    assert best(index, request, version) == UUID(int=50)
    assert index.uncommitted == 1


def test_what_is_removed_is_not_found(index: FiledIndex, version: AnalysisVersion) -> None:
    index.remove(UUID(int=1))
    index.remove(UUID(int=1))

    before = index.candidates(asked(version, 0))
    index.commit(at_least=1)

    assert UUID(int=1) not in before
    assert set(index.candidates(asked(version, 0))) == set(before)
    assert UUID(int=1) not in index
    assert index.find(UUID(int=1)) is None


def test_a_listing_with_a_new_text_is_found_by_it_alone(
    index: FiledIndex, version: AnalysisVersion
) -> None:
    changed = version.analysed(a_reading(an_offer(f"{THEMES[3]} neu")))

    for _ in range(3):
        index.add(UUID(int=1), changed)
        index.commit(at_least=1)

    assert index.candidates(asked(version, 0)).count(UUID(int=1)) == 1
    assert set(index.candidates(asked(version, 3))[:2]) == {UUID(int=1), UUID(int=4)}
    found = index.find(UUID(int=1))
    assert found is not None
    assert found.words == changed.words
    assert len(index) == len(THEMES)


def test_a_listing_that_changes_its_kind_changes_sides(
    index: FiledIndex, version: AnalysisVersion
) -> None:
    index.add(UUID(int=1), asked(version, 0))

    assert UUID(int=1) not in index.candidates(asked(version, 0))
    assert index.candidates(offers(version)[0][1]) == (UUID(int=1),)


def test_rows_of_removed_listings_are_used_again(
    index: FiledIndex, version: AnalysisVersion
) -> None:
    for theme in range(len(THEMES)):
        index.remove(UUID(int=theme + 1))
    assert index.candidates(asked(version, 0)) == ()
    index.commit(at_least=1)

    index.add_many([(UUID(int=key.int + 100), each) for key, each in offers(version)])

    assert best(index, asked(version, 2), version) == UUID(int=103)


@pytest.mark.parametrize("index", [LOOKED_AT, 1_000], indirect=True)
def test_ten_thousand_identical_listings_hide_nobody_else(
    index: FiledIndex, version: AnalysisVersion
) -> None:
    same = offers(version)[0][1]
    index.add_many([(UUID(int=1000 + place), same) for place in range(10_000)])
    index.commit(at_least=1)

    assert len(index.candidates(asked(version, 0))) >= LEAST_BY_VECTOR
    for theme in range(1, len(THEMES)):
        assert best(index, asked(version, theme), version) == UUID(int=theme + 1)


def test_empty_texts_are_kept_and_meet_nobody_by_words(
    index: FiledIndex, version: AnalysisVersion
) -> None:
    empty = version.analysed(a_reading(a_request("")))
    index.add(UUID(int=90), empty)
    index.add(UUID(int=91), replace(empty, kind=offers(version)[0][1].kind))
    index.commit(at_least=1)

    assert UUID(int=90) in index.candidates(offers(version)[0][1])
    found = index.candidates(empty)
    assert len(scores_against(empty, index.counterparts(found[:1]), version).q) == 1


def test_words_stay_in_memory_until_enough_wait(
    index: FiledIndex, version: AnalysisVersion
) -> None:
    (_, offer), *_ = offers(version)
    listings = [(UUID(int=100 + place), offer) for place in range(COMMIT_FROM)]

    index.add_many(listings[:-1])
    index.commit()
    assert index.uncommitted == COMMIT_FROM - 1

    index.add(*listings[-1])
    index.commit()
    assert index.uncommitted == 0


def test_a_closed_index_leaves_no_file(version: AnalysisVersion, tmp_path: Path) -> None:
    settings = IndexSettings(
        typical_deviation=version.typical[2], version=version.number, folder=tmp_path
    )

    settings.opened().close()

    assert list(tmp_path.iterdir()) == []


def test_nothing_leaves_while_it_stands_still(index: FiledIndex) -> None:
    key = UUID(int=1)

    with index.standing_still():
        leaving = Thread(target=index.remove, args=(key,))
        leaving.start()
        leaving.join(timeout=0.1)
        was_there = key in index
    leaving.join()

    assert was_there
    assert key not in index


def test_whoever_comes_after_its_end_is_told(version: AnalysisVersion, tmp_path: Path) -> None:
    settings = IndexSettings(
        typical_deviation=version.typical[2], version=version.number, folder=tmp_path
    )
    index = settings.opened()
    index.close()

    with pytest.raises(IndexClosed), index.standing_still():
        index.candidates(asked(version, 0))


def test_words_that_a_full_disk_did_not_take_are_written_when_there_is_room(
    version: AnalysisVersion, tmp_path: Path
) -> None:
    index = IndexSettings(
        typical_deviation=version.typical[2],
        version=version.number,
        folder=tmp_path,
        retry_seconds=0,
    ).opened()
    index.add_many(offers(version))
    index.remove(UUID(int=6))
    with full_disk() as logged:
        index.commit(at_least=1)
        index.commit(at_least=1)
    by_words = index.candidates(asked(version, 0), by_vector=1)

    index.commit(at_least=1)
    index.add(UUID(int=60), offers(version)[5][1])

    assert [entry["event"] for entry in logged] == ["index_words_unwritten"]
    assert "MATCHING_INDEX_DIR" in logged[0]["remedy"]
    assert index.uncommitted == 1
    assert index.candidates(asked(version, 0), by_vector=1) == by_words
    assert best(index, asked(version, 5), version) == UUID(int=60)
    index.close()


def test_a_full_disk_is_not_asked_again_at_once(index: FiledIndex) -> None:
    index.remove(UUID(int=1))
    with full_disk():
        index.commit(at_least=1)

    index.commit(at_least=1)

    assert index.uncommitted == 1


def test_a_listing_without_room_on_the_disk_leaves_nothing_behind(
    index: FiledIndex, version: AnalysisVersion
) -> None:
    (_, offer), *_ = offers(version)
    room = STEP_BYTES // RECORD.itemsize - len(index)
    index.add_many([(UUID(int=1000 + place), offer) for place in range(room)])
    late = UUID(int=50), version.analysed(a_reading(an_offer("kaffee röstung bohnen")))
    with full_disk():
        for _ in range(3):
            with pytest.raises(OSError, match="too large"):
                index.add(*late)
    request = version.analysed(a_reading(a_request("kaffee bohnen gesucht")))
    without = index.candidates(request)

    index.add(*late)

    assert late[0] not in without
    assert best(index, request, version) == late[0]
