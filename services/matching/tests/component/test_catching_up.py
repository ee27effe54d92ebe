"""The cache of live listings on a real database: what commits late is never missed."""

from typing import Any
from uuid import uuid4

import pytest
from full_disk import full_disk
from kept_listing_builders import an_offer, closing
from matching_builders import WordEncoder, a_version, unsplit
from matching_builders import an_offer as a_text

from matching import analysis_storage, listing_storage
from matching.engine import Engine
from matching.kept_listing import KeptListing
from matching.lexicon import Lexicon
from matching.live_listings import LiveListings
from matching.mapped_file import STEP_BYTES
from matching.refresh import ensure_active
from matching.token_file import RECORD

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


async def test_what_a_full_disk_had_no_room_for_is_taken_when_there_is_room(
    matching: Any,
) -> None:
    """Whoever was to be added stays unread, and whoever left behind it leaves all the same."""
    late, leaving = sorted(
        (an_offer("pumpen dosierung ventile"), an_offer("betten pflege matratzen")),
        key=lambda each: each.listing_id,
    )
    await matching.hears(late, leaving)
    async with matching.pool.transaction() as connection:
        await ensure_active(connection, ENGINE, now=matching.now)
        kept = await listing_storage.listings(connection, [late.listing_id, leaving.listing_id])
        await stored(connection, kept[leaving.listing_id])
    live = await LiveListings.loaded(matching.pool, ENGINE)
    filled_to_the_brim(live)
    async with matching.pool.transaction() as connection:
        await stored(connection, kept[late.listing_id])
    await matching.hears(closing(leaving))

    async with matching.pool.transaction() as reader:
        with full_disk(), pytest.raises(OSError, match="too large"):
            await live.catch_up(reader)
        assert not live.parts(late.listing_id)
        assert not live.parts(leaving.listing_id)
        await live.catch_up(reader)

    (part,) = live.parts(late.listing_id)
    assert live.view(part).part == part
    live.close()


def filled_to_the_brim(live: LiveListings) -> None:
    """The next listing needs a larger file."""
    other = ENGINE.analyse(a_text("kaffee"))
    room = STEP_BYTES // RECORD.itemsize - len(live.index)
    live.index.add_many([(uuid4(), other) for _ in range(room)])
