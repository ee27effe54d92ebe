"""The worker: encodes what is due, then lets it meet the other side; a crash repeats, never loses.

Matching begins after the analysis is committed and first reads what others committed: of two
listings, whichever is matched later sees the earlier one, with any number of workers. What it
stores and proposes is written while the version it was scored under is held active.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from chassis.database import Connection, Pool
from chassis.service import Runtime
from chassis.sweeps import Clock
from chassis.workers import Worker
from matching import due_storage, version_storage
from matching.analyst import Analyst
from matching.due_storage import Due
from matching.engine_source import EngineSource
from matching.meeting import Meeting
from matching.met import Met
from matching.proposal import in_roles, proposal_of
from matching.refresh_builder import RefreshBuilder
from matching.settings import MatchingSettings
from matching.shared_index import SharedIndex
from matching.spread import commands as spread
from matching.version_in_use import InUse, VersionInUse

AT_ONCE = 8
LEASE = timedelta(seconds=15)
"""Far longer than encoding `AT_ONCE` listings takes; a second worker on one listing is harmless."""

IDLE_SECONDS = 0.5

ROUNDS = (6, 30, 30, 54)
"""So many of its best counterparts a listing meets in each of its turns: two waves at once, and in
the end more than the waves of its whole life let through."""


class Matching:
    """One worker's turns; the engine is loaded when it is first needed.

    The index's files lie in ``index_folder``, or where the system keeps what is temporary.
    """

    def __init__(
        self,
        engines: EngineSource,
        *,
        pool: Pool,
        clock: Clock,
        index_folder: Path | None = None,
        rounds: Sequence[int] = ROUNDS,
        shared: SharedIndex | None = None,
    ) -> None:
        self._rounds = rounds
        self._engines = engines
        self._pool = pool
        self._clock = clock
        self.version = VersionInUse(pool, clock, index_folder, shared or SharedIndex())
        self._analyst = Analyst(pool)
        self._builder = RefreshBuilder(self._analyst, pool=pool, clock=clock)

    async def turn(self) -> bool:
        """Do some of what is due, then build some of a refresh; True if there may be more."""
        base = await self._engines.engine(self._clock())
        using = None if base is None else await self.version.under(base)
        if base is None or using is None:
            return False
        worked = await self._work(using)
        built = await self._builder.build_some(base, limit=AT_ONCE)
        busy = worked or built
        await asyncio.to_thread(using.live.commit, idle=not busy)
        return busy

    async def _work(self, using: InUse) -> bool:
        """Analyse what is due, or let it meet: of many that come at once the best meet first."""
        dues = await self._claim(using.engine.number)
        ids = [due.listing_id for due in dues]
        if await self._analyst.analyse(using.engine, ids, state="active"):
            async with self._pool.transaction() as connection:
                await due_storage.release(connection, dues)
            return True
        more = [await self.match(using, due) for due in dues]
        return len(dues) == AT_ONCE or any(more)

    async def _claim(self, version: str) -> tuple[Due, ...]:
        async with self._pool.transaction() as connection:
            return await due_storage.claim(
                connection, version=version, now=self._clock(), lease=LEASE, limit=AT_ONCE
            )

    async def match(self, using: InUse, due: Due) -> bool:
        """Let one analysed listing meet its best counterparts; True if more have a later turn.

        It stays due until its last turn, so that a crash repeats what is not stored.
        """
        async with self._pool.transaction() as connection:
            if not await version_storage.hold(connection, using.engine.number, "active"):
                return False
            await using.live.catch_up(connection)
            at_most = self._rounds[due.round]
            found = await self._propose(connection, using, due, at_most=at_most)
            more = len(found) == at_most and due.round + 1 < len(self._rounds)
            if more:
                await due_storage.postpone(connection, due, at=self._clock())
            else:
                await due_storage.done(connection, due)
            return more

    async def _propose(
        self, connection: Connection, using: InUse, due: Due, *, at_most: int
    ) -> tuple[Met, ...]:
        """Every pair that the rules let meet, as the rows stand now, is proposed or waits."""
        now, version = self._clock(), using.live.version
        meeting = Meeting(connection, using.engine.engine, using.live, now=now)
        met: Collection[UUID] = ()
        if due.round:
            met = await spread.decided_about(connection, due.listing_id, version=version)
        found = await meeting.of(due.listing_id, at_most=at_most, but_not=met)
        decided = [
            proposal_of(
                *in_roles(each.own, each.counterpart),
                each.pair,
                need=each.need,
                features=each.features,
                engine_version=version,
                at=now,
            )
            for each in found
        ]
        await spread.decide(
            connection, due.listing_id, decided, version=version, now=now, cause=due.cause
        )
        return found


def matching_worker(runtime: Runtime) -> Worker:
    settings: MatchingSettings = runtime.settings
    matching = Matching(
        settings.engines,
        pool=runtime.pool,
        clock=runtime.clock,
        index_folder=settings.index_dir,
        shared=settings.shared_index,
    )
    return Worker("matching", matching.turn, idle_seconds=IDLE_SECONDS)
