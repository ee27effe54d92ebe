"""The worker: encodes what is due, then lets it meet the other side; a crash repeats, never loses.

Matching begins after the analysis is committed and first reads what others committed: of two
listings, whichever is matched later sees the earlier one, with any number of workers. What it
stores and proposes is written while the version it was scored under is held active.
"""

import asyncio
from datetime import timedelta

import structlog

from chassis.database import Connection, Pool
from chassis.service import Runtime
from chassis.sweeps import Clock
from chassis.workers import Worker
from matching import commands, due_storage, listing_storage, refresh, version_storage
from matching.analyst import Analyst
from matching.due_storage import Due
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.live_listings import LiveListings
from matching.meeting import meeting
from matching.proposal import in_roles, proposal_of
from matching.refresh_builder import RefreshBuilder
from matching.settings import MatchingSettings
from matching.version_source import DamagedVersion, EngineInUse, engine_under
from matching.version_storage import VersionRow

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
        self._analyst = Analyst(pool)
        self._builder = RefreshBuilder(self._analyst, pool=pool, clock=clock)
        self._using: EngineInUse | None = None
        self._live: LiveListings | None = None

    async def turn(self) -> bool:
        """Do some of what is due, then build some of a refresh; True if there may be more."""
        base = await self._engines.engine(self._clock())
        using = None if base is None else await self._in_use(base)
        if base is None or using is None:
            return False
        worked = await self._work(using)
        built = await self._builder.build_some(base, limit=AT_ONCE)
        return worked or built

    async def _in_use(self, base: Engine) -> EngineInUse | None:
        """The engine under the version that is active now, loaded once."""
        async with self._pool.transaction() as connection:
            row = await self._active(connection, base)
            if row is None:
                return None
            if self._using is None or self._using.number != row.number:
                self._using = await self._loaded(connection, row, base)
                self._live = LiveListings(self._using.engine)
        return self._using

    async def _loaded(self, connection: Connection, row: VersionRow, base: Engine) -> EngineInUse:
        try:
            return await engine_under(connection, row, base)
        except DamagedVersion:
            log.error("version_damaged", version=row.number, remedy="background refresh")
            shipped = await refresh.return_to_shipped(connection, base, now=self._clock())
            return await engine_under(connection, shipped, base)

    async def _active(self, connection: Connection, base: Engine) -> VersionRow | None:
        """At the start this engine's own version becomes active; later it only follows."""
        if self._using is None:
            return await refresh.ensure_active(connection, base, now=self._clock())
        row = await version_storage.in_state(connection, "active")
        if row is not None and row.engine != base.version.number:
            log.warning("another_engine_is_active", remedy="restart this process")
            return None
        return row

    async def _work(self, using: EngineInUse) -> bool:
        """Analyse what is due, or let it meet: of many that come at once the best meet first."""
        dues = await self._claim(using)
        ids = [due.listing_id for due in dues]
        if await self._analyst.analyse(using, ids, state="active"):
            async with self._pool.transaction() as connection:
                await due_storage.release(connection, dues)
            return True
        for due in dues:
            await self._match(using, due)
        return len(dues) == AT_ONCE

    async def _claim(self, using: EngineInUse) -> tuple[Due, ...]:
        async with self._pool.transaction() as connection:
            return await due_storage.claim(
                connection,
                version=using.number,
                now=self._clock(),
                lease=LEASE,
                limit=AT_ONCE,
            )

    async def _match(self, using: EngineInUse, due: Due) -> None:
        live = self._live
        async with self._pool.transaction() as connection:
            if live is None or not await version_storage.hold(connection, using.number, "active"):
                return
            await live.catch_up(connection)
            await self._propose(connection, using.engine, live, due)
            await due_storage.done(connection, due)

    async def _propose(
        self, connection: Connection, engine: Engine, live: LiveListings, due: Due
    ) -> None:
        """Propose every pair that the rules let meet, as the rows stand now."""
        now = self._clock()
        # Locked: a listing that closes meanwhile closes after this, and withdraws what it finds.
        current = await listing_storage.listings(
            connection, live.around(due.listing_id), locked=True
        )
        own = current.get(due.listing_id)
        if own is None:
            return
        parts = live.parts(due.listing_id)
        met = await asyncio.to_thread(meeting, engine, live, parts, current=current, now=now)
        for each in met:
            request, offer = in_roles(own, current[each.counterpart_id])
            proposal = proposal_of(
                request,
                offer,
                each.pair,
                need=each.need,
                engine_version=live.version,
                at=now,
            )
            if proposal is not None:
                await commands.propose(
                    connection, proposal, request=request, offer=offer, cause=due.cause
                )


def matching_worker(runtime: Runtime) -> Worker:
    settings: MatchingSettings = runtime.settings
    matching = Matching(settings.engines, pool=runtime.pool, clock=runtime.clock)
    return Worker("matching", matching.turn, idle_seconds=IDLE_SECONDS)
