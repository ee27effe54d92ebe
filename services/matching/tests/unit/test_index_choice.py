from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from crowd_builders import keyed
from matching_builders import THEMES, a_reading, a_request, an_offer

from embedded.testing import eventually
from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.index_choice import TRY_AGAIN_AFTER, ChosenIndex
from matching.listing_index import IndexSettings

LARGE_FROM, SMALL_FROM = 40, 20


@pytest.fixture
def choice(version: AnalysisVersion, tmp_path: Path) -> Iterator[ChosenIndex]:
    index = ChosenIndex(_settings(version, tmp_path))
    yield index
    index.close()


def _settings(version: AnalysisVersion, folder: Path) -> IndexSettings:
    return IndexSettings(
        typical_deviation=version.typical[2],
        version=version.number,
        folder=folder,
        large_from=LARGE_FROM,
        small_from=SMALL_FROM,
    )


def offers(version: AnalysisVersion, count: int) -> list[tuple[UUID, Analysis]]:
    """As many as asked for, of the themes in turn."""
    known = [version.analysed(a_reading(an_offer(theme))) for theme in THEMES]
    return keyed([known[place % len(known)] for place in range(count)])


async def settled(choice: ChosenIndex) -> None:
    def over() -> bool:
        choice.settle()
        return not choice.is_moving

    await eventually(over, timeout=60)


async def test_it_becomes_large_and_small_again(
    choice: ChosenIndex, version: AnalysisVersion
) -> None:
    listings = offers(version, LARGE_FROM + 1)
    request = version.analysed(a_reading(a_request(THEMES[1])))

    choice.add_many(listings)
    await settled(choice)
    assert choice.is_large
    assert choice.candidates(request, 5)[0] in {key for key, _ in listings[1 :: len(THEMES)]}

    for key, _ in listings[SMALL_FROM - 1 :]:
        choice.remove(key)
    await settled(choice)
    assert not choice.is_large
    assert set(choice.candidates(request)) == {key for key, _ in listings[: SMALL_FROM - 1]}


async def test_between_the_limits_it_stays_what_it_is(
    choice: ChosenIndex, version: AnalysisVersion
) -> None:
    listings = offers(version, LARGE_FROM + 1)
    choice.add_many(listings[:LARGE_FROM])
    assert not choice.is_moving

    choice.add_many(listings)
    await settled(choice)
    choice.remove(listings[0][0])

    assert choice.is_large
    assert not choice.is_moving


async def test_what_changes_during_the_change_is_not_lost(
    choice: ChosenIndex, version: AnalysisVersion
) -> None:
    listings = offers(version, LARGE_FROM + 1)
    request = version.analysed(a_reading(a_request(THEMES[0])))
    choice.add_many(listings)
    assert choice.is_moving

    choice.remove(listings[0][0])
    choice.add(listings[1][0], request)
    choice.add(UUID(int=999), listings[0][1])
    await settled(choice)

    assert choice.is_large
    assert listings[0][0] not in choice
    assert len(choice) == len(listings)
    assert UUID(int=999) in choice.candidates(request)
    assert listings[1][0] not in choice.candidates(request)


async def test_without_a_folder_the_small_index_goes_on(
    version: AnalysisVersion, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    choice = ChosenIndex(_settings(version, folder))
    folder.rmdir()
    listings = offers(version, LARGE_FROM + TRY_AGAIN_AFTER + 1)

    choice.add_many(listings[: LARGE_FROM + 1])
    await settled(choice)
    assert not choice.is_large
    assert len(choice) == LARGE_FROM + 1

    folder.mkdir()
    choice.add_many(listings)
    await settled(choice)
    assert choice.is_large
    assert len(choice) == len(listings)
    choice.close()


def test_many_expected_listings_begin_large(version: AnalysisVersion, tmp_path: Path) -> None:
    choice = ChosenIndex(_settings(version, tmp_path), expected=LARGE_FROM + 1)

    assert choice.is_large
    choice.close()
    assert list(tmp_path.iterdir()) == []
