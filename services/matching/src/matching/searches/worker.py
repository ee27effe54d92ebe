"""The worker: reads what members search for, then compares each new listing with all of it once.

Reading and comparing run outside transactions; repeating either changes nothing.
"""

import asyncio
from collections.abc import Sequence

from chassis.database import Pool
from chassis.service import Runtime
from chassis.sweeps import Clock
from chassis.workers import Worker
from matching import listing_storage
from matching.active_engine import ActiveEngine
from matching.analysis import Analysis
from matching.analyst import analysed
from matching.engine import Engine
from matching.preview import storage as listing_parts
from matching.searches import commands, entry_storage, storage
from matching.searches.entry_storage import Entered
from matching.searches.fitting import fits
from matching.searches.search import ReadSearch, SavedSearch
from matching.settings import MatchingSettings

AT_ONCE = 8
IDLE_SECONDS = 1.0


class Searching:
    """One worker's turns: searches are read before they are compared."""

    def __init__(self, engines: ActiveEngine, *, pool: Pool, clock: Clock) -> None:
        self._engines = engines
        self._pool = pool
        self._clock = clock

    async def turn(self) -> bool:
        """True if there may be more to do."""
        engine = await self._engines.engine(self._pool, self._clock())
        if engine is None:
            return False
        if await self._read(engine):
            return True
        async with self._pool.connection() as connection:
            waiting = await entry_storage.entered(connection, engine.version.number, limit=AT_ONCE)
        for entered in waiting:
            await self._compare(engine, entered)
        return len(waiting) == AT_ONCE

    async def _read(self, engine: Engine) -> bool:
        version = engine.version.number
        async with self._pool.connection() as connection:
            unread = await storage.unread(connection, version, limit=AT_ONCE)
        for search in unread:
            read = await analysed(engine, [search.text()], about=search.search_id)
            async with self._pool.transaction() as connection:
                await storage.store_analysis(connection, search, read[0] if read else None, version)
        return bool(unread)

    async def _compare(self, engine: Engine, entered: Entered) -> None:
        found = await self._found(engine, entered)
        async with self._pool.transaction() as connection:
            await commands.report_hits(
                connection, entered.listing_id, found, at=self._clock(), cause=entered.cause
            )

    async def _found(self, engine: Engine, entered: Entered) -> tuple[SavedSearch, ...]:
        key, version = entered.listing_id, engine.version.number
        async with self._pool.connection() as connection:
            listing = (await listing_storage.listings(connection, [key])).get(key)
            if listing is None:
                return ()
            parts = await listing_parts.analyses_of(
                connection, [key], listing.kind, version=version
            )
            searches = await storage.searches_for(connection, listing.kind, version)
        admitted = [read for read in searches if read.search.admits(listing)]
        return await asyncio.to_thread(_fitting, engine, admitted, parts.get(key, ()))


def _fitting(
    engine: Engine, searches: Sequence[ReadSearch], parts: Sequence[Analysis]
) -> tuple[SavedSearch, ...]:
    return tuple(read.search for read in searches if fits(engine, read, parts))


def searching_worker(runtime: Runtime) -> Worker:
    settings: MatchingSettings = runtime.settings
    searching = Searching(settings.active_engine, pool=runtime.pool, clock=runtime.clock)
    return Worker("searching", searching.turn, idle_seconds=IDLE_SECONDS)
