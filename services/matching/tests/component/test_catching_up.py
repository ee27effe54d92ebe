"""The cache of live listings on a real database: what commits late is never missed."""

from typing import Any

from kept_listing_builders import an_offer
from matching_builders import WordEncoder, a_version, unsplit

from matching import analysis_storage, listing_storage
from matching.engine import Engine
from matching.kept_listing import KeptListing
from matching.lexicon import Lexicon
from matching.live_listings import LiveListings
from matching.refresh import ensure_active

ENGINE = Engine(
    encoder=WordEncoder(), lexicon=Lexicon(unsplit), version=a_version("shipped"), threshold=0.5
)


async def stored(connection: Any, listing: KeptListing) -> None:
    analyses = [ENGINE.analyse(text) for text in listing.texts()]
    await analysis_storage.store(connection, listing, analyses, "shipped")


async def test_what_began_before_a_reading_and_commits_after_it_is_read_the_next_time(
    matching: Any,
) -> None:
    """A reader that went on behind the newest transaction it had seen would miss the older one."""
    early, late = an_offer("pumpen dosierung ventile"), an_offer("betten pflege matratzen")
    await matching.hears(early, late)
    async with matching.pool.transaction() as connection:
        await ensure_active(connection, ENGINE, now=matching.now)
        kept = await listing_storage.listings(connection, [early.listing_id, late.listing_id])
    live = await LiveListings.loaded(matching.pool, ENGINE)

    async with matching.pool.transaction() as slow:
        await stored(slow, kept[early.listing_id])
        async with matching.pool.transaction() as quick:
            await stored(quick, kept[late.listing_id])
        async with matching.pool.transaction() as reader:
            await live.catch_up(reader)
        assert live.parts(late.listing_id)
        assert not live.parts(early.listing_id)

    newest_seen = await matching.value(
        "select changed_by::text from analysis where listing_id = $1", late.listing_id
    )
    async with matching.pool.transaction() as reader:
        behind_the_newest, _ = await listing_storage.changes_since(reader, newest_seen, "shipped")
        await live.catch_up(reader)

    assert early.listing_id not in {change.listing_id for change in behind_the_newest}
    assert live.parts(early.listing_id)
