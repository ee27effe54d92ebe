"""The worker: encodes what is due, then lets it meet the other side; a crash repeats, never loses.

Matching begins after the analysis is committed and first reads what others committed: of two
listings, whichever is matched later sees the earlier one, with any number of workers.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.service import Runtime
from chassis.sweeps import Clock
from chassis.workers import Worker
from matching import commands, due_storage, listing_storage
from matching.analysis import Analysis
from matching.due_storage import Due
from matching.encoder import UnusableVector
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.kept_listing import KeptListing, circumstances_of, may_meet
from matching.live_listings import LiveListing, LiveListings
from matching.proposal import in_roles, proposal_of
from matching.settings import MatchingSettings

log = structlog.get_logger(__name__)

AT_ONCE = 8
LEASE = timedelta(seconds=15)
"""Far longer than encoding `AT_ONCE` listings takes; a second worker on one listing is harmless."""

IDLE_SECONDS = 0.5


class Matching:
    """One worker's turns; the engine is loaded when it is first needed."""

    def __init__(self, engines: EngineSource, *, pool: Pool, clock: Clock) -> None:
        self._engines = engines
        self._pool = pool
        self._clock = clock
        self._live: LiveListings | None = None

    async def turn(self) -> bool:
        """Match some of what is due; True if there may be more."""
        engine = await self._engines.engine(self._clock())
        if engine is None:
            return False
        live = await self._listings_of(engine)
        dues = await self._claim()
        await self.analyse(engine, dues)
        for due in dues:
            await self._match(engine, live, due)
        return len(dues) == AT_ONCE

    async def analyse(self, engine: Engine, dues: Sequence[Due]) -> None:
        """Encode outside any transaction; what has its analysis keeps it."""
        async with self._pool.connection() as connection:
            ids = [due.listing_id for due in dues]
            known = await listing_storage.analysed(connection, ids, engine.version.number)
            listings = await listing_storage.listings(connection, ids)
        for listing_id in listings.keys() - known:
            listing = listings[listing_id]
            analysis = await asyncio.to_thread(_analysed, engine, listing)
            async with self._pool.transaction() as connection:
                await _store(connection, listing, analysis, version=engine.version.number)

    async def _listings_of(self, engine: Engine) -> LiveListings:
        """Load the cache once, and queue what an older engine looked at."""
        if self._live is None:
            live = LiveListings(engine)
            async with self._pool.transaction() as connection:
                outdated = await listing_storage.outdated(
                    connection, engine.version.number, now=self._clock()
                )
                await due_storage.queue_again(connection, outdated, Cause.new())
                await live.catch_up(connection)
            self._live = live
        return self._live

    async def _claim(self) -> tuple[Due, ...]:
        async with self._pool.transaction() as connection:
            return await due_storage.claim(
                connection, now=self._clock(), lease=LEASE, limit=AT_ONCE
            )

    async def _match(self, engine: Engine, live: LiveListings, due: Due) -> None:
        now = self._clock()
        async with self._pool.transaction() as connection:
            await live.catch_up(connection)
            found = live.find(due.listing_id)
            if found is not None:
                await _propose_best(connection, engine, live, found, now=now, cause=due.cause)
            await due_storage.done(connection, due)


def _analysed(engine: Engine, listing: KeptListing) -> Analysis | None:
    try:
        return engine.analyse(listing.text())
    except UnusableVector:
        return None


async def _store(
    connection: Connection, listing: KeptListing, analysis: Analysis | None, *, version: str
) -> None:
    if analysis is None:
        log.error("listing_unusable", listing=str(listing.listing_id), engine=version)
        await listing_storage.mark_unusable(connection, listing, version)
    else:
        await listing_storage.store_analysis(connection, listing, analysis)


async def _propose_best(
    connection: Connection,
    engine: Engine,
    live: LiveListings,
    found: LiveListing,
    *,
    now: datetime,
    cause: Cause,
) -> None:
    """Propose every pair above the threshold that may meet, as the rows stand now."""
    candidates = live.candidates(found)
    ids = [found.listing.listing_id, *(each.listing.listing_id for each in candidates)]
    # Locked: a listing that closes meanwhile closes after this, and withdraws what it finds.
    current = await listing_storage.listings(connection, ids, locked=True)
    own = current.get(found.listing.listing_id)
    if own is None:
        return
    others = {
        key: each.analysis
        for each in candidates
        if (key := each.listing.listing_id) in current and may_meet(own, current[key], now=now)
    }
    known = {key: circumstances_of(*in_roles(own, current[key])) for key in others}
    ranked = await asyncio.to_thread(engine.rank, found.analysis, others, circumstances=known)
    for each in ranked:
        request, offer = in_roles(own, current[each.id])
        proposal = proposal_of(
            request, offer, each.pair, engine_version=engine.version.number, at=now
        )
        if proposal is not None:
            await commands.propose(connection, proposal, request=request, offer=offer, cause=cause)


def matching_worker(runtime: Runtime) -> Worker:
    settings: MatchingSettings = runtime.settings
    matching = Matching(settings.engines, pool=runtime.pool, clock=runtime.clock)
    return Worker("matching", matching.turn, idle_seconds=IDLE_SECONDS)
