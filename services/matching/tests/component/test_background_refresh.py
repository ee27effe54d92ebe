"""A refresh on a real database: built beside the active version, switched at once, never mixed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from kept_listing_builders import a_request, an_offer
from matching_builders import THEMES, WordEncoder, a_version, unsplit

from chassis.envelope import Gone
from matching import listing_storage, refresh, version_storage
from matching.dictionaries import load_dictionaries
from matching.engine import Engine
from matching.joined_background import LEAST_A_SIDE, TooFewListings
from matching.lexicon import Lexicon
from matching.refresh import RefreshRunning, UpToDate
from matching.refresh_fit import Fitted, fitted_refresh
from schemas.listing import ListingCreated
from schemas.organisation import OrganisationState

MIXED = """
    select count(*) from analysis a join listing l using (listing_id)
    where a.version = $1 and a.text_revision = l.text_revision
"""


@pytest.fixture(scope="session")
def quick() -> Engine:
    """The engine with the hand-written encoder: every word is a direction of its own."""
    load_dictionaries()
    return Engine(
        encoder=WordEncoder(), lexicon=Lexicon(unsplit), version=a_version("shipped"), threshold=0.5
    )


def listings(count: int = LEAST_A_SIDE) -> list[ListingCreated]:
    """So many of each side, on the themes that the first version knows."""
    themes = [(number, THEMES[number % len(THEMES)]) for number in range(count)]
    return [
        listing
        for number, theme in themes
        for listing in (
            an_offer(f"{theme} stahl{number}", f"Lieferbar sind {theme} aus werk{number}."),
            a_request(f"{theme} bedarf{number}", f"Gebraucht werden {theme} für haus{number}."),
        )
    ]


async def worked(worker: Any) -> None:
    while await worker.turn():
        pass


async def fitted(matching: Any, engine: Engine) -> Fitted:
    async with matching.pool.connection() as connection:
        found = await listing_storage.open_listings(connection, now=matching.now)
    return fitted_refresh(engine, found, progress=lambda texts, _: texts)


async def started(matching: Any, engine: Engine) -> str:
    """What the command does before it waits."""
    new = await fitted(matching, engine)
    async with matching.pool.transaction() as connection:
        await refresh.start(
            connection, new.version, base=engine, members=new.members, now=matching.now
        )
    return new.version.number


async def active(matching: Any) -> str:
    number: str = await matching.value("select number from analysis_version where state = 'active'")
    return number


async def heard_and_matched(matching: Any, engine: Engine) -> list[ListingCreated]:
    heard = listings()
    await matching.hears(*heard)
    await worked(matching.a_worker(engine))
    return heard


async def proposed_under(matching: Any) -> Sequence[str]:
    return [each.engine_version for each in await matching.proposals()]


async def test_every_open_listing_switches_and_meets_again(matching: Any, quick: Engine) -> None:
    heard = await heard_and_matched(matching, quick)
    before = await matching.proposals()
    number = await started(matching, quick)
    await worked(matching.a_worker(quick))

    assert await active(matching) == number
    assert await matching.value(MIXED, number) == len(heard)
    assert await matching.value("select count(*) from match_due") == 0
    assert await matching.value("select count(*) from analysis where version = 'shipped'") == 0
    pairs = [
        (each.offer.listing_id, each.request.listing_id) for each in await matching.proposals()
    ]
    assert len(set(pairs)) == len(pairs) >= len(before) > 0


async def test_members_of_the_background_are_known_as_such(matching: Any, quick: Engine) -> None:
    await heard_and_matched(matching, quick)
    number = await started(matching, quick)
    await worked(matching.a_worker(quick))

    known = "select count(*) from analysis where version = $1 and in_background"
    assert await matching.value(known, number) == LEAST_A_SIDE


async def test_until_the_switch_matching_goes_on_in_the_old_version(
    matching: Any, quick: Engine
) -> None:
    await heard_and_matched(matching, quick)
    worker = matching.a_worker(quick)
    number = await started(matching, quick)
    await worker.turn()
    late = an_offer(f"{THEMES[0]} später")
    await matching.hears(late)
    await worker.turn()

    versions = "select array_agg(version order by version) from analysis where listing_id = $1"
    assert await active(matching) == "shipped"
    assert "shipped" in await matching.value(versions, late.listing_id)

    await worked(worker)

    assert await active(matching) == number
    assert await matching.value(versions, late.listing_id) == [number]


async def test_what_comes_at_the_last_moment_is_caught_up(matching: Any, quick: Engine) -> None:
    """It has no analysis when all switch, so it waits as due and is analysed under the new one."""
    await heard_and_matched(matching, quick)
    number = await started(matching, quick)
    worker = matching.a_worker(quick)
    missing = 1
    while missing:
        await worker.turn()
        missing = 2 * LEAST_A_SIDE - await matching.value(MIXED, number)
    late = an_offer(f"{THEMES[1]} zuletzt")
    async with matching.pool.transaction() as connection:
        switched = await refresh.finish(connection, number, now=matching.now)
        assert switched or await version_storage.hold(connection, number, "active")
    await matching.hears(late)
    await worked(worker)

    of_late = "select version from analysis where listing_id = $1"
    assert await matching.value(of_late, late.listing_id) == number
    assert await matching.value("select count(*) from match_due") == 0


async def test_a_refresh_with_a_listing_missing_does_not_switch(
    matching: Any, quick: Engine
) -> None:
    await heard_and_matched(matching, quick)
    number = await started(matching, quick)
    async with matching.pool.transaction() as connection:
        assert not await refresh.finish(connection, number, now=matching.now)

    assert await active(matching) == "shipped"


async def test_nothing_is_stored_or_proposed_under_a_version_that_is_over(
    matching: Any, quick: Engine
) -> None:
    """The switch waits for a running match; who holds the old version afterwards gets nothing."""
    await heard_and_matched(matching, quick)
    number = await started(matching, quick)
    async with matching.pool.transaction() as matching_now:
        assert await version_storage.hold(matching_now, "shipped", "active")
        building = asyncio.create_task(worked(matching.a_worker(quick)))
        await _waiting_for_a_lock(matching)
        assert await active(matching) == "shipped"
    await building

    assert await active(matching) == number
    async with matching.pool.transaction() as connection:
        assert not await version_storage.hold(connection, "shipped", "active")


async def _waiting_for_a_lock(matching: Any) -> None:
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    for _ in range(2000):
        if await matching.value(waiting):
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody waited for the running match")


async def test_two_workers_build_and_follow_the_same_version(matching: Any, quick: Engine) -> None:
    heard = await heard_and_matched(matching, quick)
    workers = [matching.a_worker(quick) for _ in range(2)]
    for worker in workers:
        await worker.turn()
    number = await started(matching, quick)
    await asyncio.gather(*map(worked, workers))
    await matching.hears(an_offer(f"{THEMES[2]} danach"))
    await asyncio.gather(*map(worked, workers))

    assert await active(matching) == number
    assert await matching.value(MIXED, number) == len(heard) + 1
    pairs = [
        (each.offer.listing_id, each.request.listing_id) for each in await matching.proposals()
    ]
    assert len(set(pairs)) == len(pairs)


WORKING = """
import asyncio, sys
from matching_builders import WordEncoder, a_version, unsplit
from chassis.database import Pool
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.lexicon import Lexicon
from matching.worker import Matching
from kept_listing_builders import START

async def main():
    pool = Pool(sys.argv[1], application="killed")
    await pool.open()
    engine = Engine(encoder=WordEncoder(), lexicon=Lexicon(unsplit), version=a_version("shipped"))
    worker = Matching(EngineSource(lambda: engine), pool=pool, clock=lambda: START)
    while True:
        await worker.turn()
        print("turned", flush=True)

asyncio.run(main())
"""


async def until(wanted: bytes, lines: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Lines up to the wanted one, or to the end: log lines may come before."""
    async for line in lines:
        yield line
        if line == wanted:
            return


async def test_a_worker_killed_while_building_is_followed_by_the_next(
    matching: Any, quick: Engine
) -> None:
    heard = await heard_and_matched(matching, quick)
    number = await started(matching, quick)
    path = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        WORKING,
        matching.runtime.settings.database_url,
        env={**os.environ, "PYTHONPATH": path},
        stdout=asyncio.subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert b"turned\n" in [line async for line in until(b"turned\n", worker.stdout)]
    worker.kill()
    await worker.communicate()
    await worked(matching.a_worker(quick))

    assert await active(matching) == number
    assert await matching.value(MIXED, number) == len(heard)
    assert await matching.value("select count(*) from match_due") == 0


async def test_a_second_refresh_and_one_with_nothing_new_are_refused(
    matching: Any, quick: Engine
) -> None:
    await heard_and_matched(matching, quick)
    await started(matching, quick)
    with pytest.raises(RefreshRunning):
        await started(matching, quick)
    await worked(matching.a_worker(quick))
    with pytest.raises(UpToDate):
        await started(matching, quick)


async def test_too_few_listings_are_refused(matching: Any, quick: Engine) -> None:
    await matching.hears(*listings(LEAST_A_SIDE - 1))

    with pytest.raises(TooFewListings):
        await fitted(matching, quick)


async def test_a_damaged_version_is_not_scored_under(matching: Any, quick: Engine) -> None:
    await heard_and_matched(matching, quick)
    number = await started(matching, quick)
    await worked(matching.a_worker(quick))
    await matching.value(
        "update analysis_version set content = '\\x00'::bytea where number = $1", number
    )
    await worked(matching.a_worker(quick))

    assert await active(matching) == "shipped"


async def test_an_erasure_leaves_no_analysis_in_either_version(
    matching: Any, quick: Engine
) -> None:
    heard = await heard_and_matched(matching, quick)
    erased = heard[0]
    await started(matching, quick)
    await matching.a_worker(quick).turn()
    gone = Gone(state=OrganisationState, id=erased.organisation_id, revision=10**12)
    await matching.hears(gone)
    await worked(matching.a_worker(quick))

    of_erased = "select count(*) from analysis where listing_id = $1"
    assert await matching.value(of_erased, erased.listing_id) == 0
    assert await matching.value("select count(*) from analysis") == len(heard) - 1
