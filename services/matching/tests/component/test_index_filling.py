"""An index filled from the stored analyses, page by page."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from kept_listing_builders import a_request, an_offer, closing
from matching_builders import a_reading

from matching import analysis_storage, listing_storage
from matching.analysis_version import AnalysisVersion
from matching.index_filling import filled_index
from matching.index_storage import StoredPart
from matching.listing_index import IndexSettings
from schemas.listing import ListingCreated


def settings(version: AnalysisVersion, folder: Path, *, large_from: int) -> IndexSettings:
    return IndexSettings(
        typical_deviation=version.typical[2],
        version=version.number,
        folder=folder,
        large_from=large_from,
        small_from=0,
    )


def part_key(part: StoredPart) -> UUID:
    return UUID(int=(part.listing_id.int + part.part) % 2**128)


async def analysed(matching: Any, version: AnalysisVersion, listing: ListingCreated) -> None:
    """Keep the listing and store its analysis, as the worker does."""
    await matching.hears(listing)
    async with matching.pool.transaction() as connection:
        await connection.execute(
            "insert into analysis_version (number, engine, state, members, offers, requests,"
            " created_at) values ($1, $1, 'building', '{}', 0, 0, now()) on conflict do nothing",
            version.number,
        )
        (kept,) = (await listing_storage.listings(connection, [listing.listing_id])).values()
        analysis = version.analysed(a_reading(kept.text()))
        await analysis_storage.store(connection, kept, [analysis], version.number)


@pytest.mark.parametrize("large_from", [2, 100])
async def test_all_live_listings_are_found_again(
    matching: Any,
    version: AnalysisVersion,
    tmp_path: Path,
    large_from: int,
) -> None:
    offers = [an_offer(f"Pumpen {place}") for place in range(5)]
    request = a_request()
    for listing in (*offers, request):
        await analysed(matching, version, listing)
    await matching.hears(closing(offers[0]))

    index = await filled_index(
        matching.pool,
        settings(version, tmp_path, large_from=large_from),
        key_of=part_key,
        page_size=2,
    )

    own = index.find(request.listing_id)
    assert own is not None
    assert index.is_large == (large_from == 2)
    assert set(index.candidates(own)) == {each.listing_id for each in offers[1:]}
    index.close()
