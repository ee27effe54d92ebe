"""An index filled from the stored analyses, page by page."""

from pathlib import Path
from typing import Any
from uuid import UUID

from kept_listing_builders import a_request, an_offer, closing
from matching_builders import a_reading

from matching import analysis_storage, listing_storage
from matching.analysis_version import AnalysisVersion
from matching.index_filling import filled_index
from matching.index_storage import StoredPart
from matching.listing_index import IndexSettings
from schemas.listing import ListingCreated


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


async def test_all_live_listings_are_found_again(
    matching: Any, version: AnalysisVersion, tmp_path: Path
) -> None:
    offers = [an_offer(f"Pumpen {place}") for place in range(5)]
    request = a_request()
    for listing in (*offers, request):
        await analysed(matching, version, listing)
    await matching.hears(closing(offers[0]))

    settings = IndexSettings(
        typical_deviation=version.typical[2], version=version.number, folder=tmp_path
    )

    index = await filled_index(matching.pool, settings, key_of=part_key, page_size=2)

    own = index.find(request.listing_id)
    assert own is not None
    assert set(index.candidates(own)) == {each.listing_id for each in offers[1:]}
    index.close()
