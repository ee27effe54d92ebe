"""The active version with the listings analysed under it; another one is followed at once.

Nothing is scored across versions: engine and listings change together.
"""

import asyncio
import gc
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from chassis.database import Connection, Pool
from chassis.sweeps import Clock
from matching import refresh, version_storage
from matching.engine import Engine
from matching.live_listings import LiveListings
from matching.shared_index import SharedIndex
from matching.version_source import DamagedVersion, EngineInUse, engine_under
from matching.version_storage import VersionRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """The engine under one version, and the listings as they are analysed under it."""

    engine: EngineInUse
    live: LiveListings


class VersionInUse:
    """Loads it when it is first asked for; the index's files lie in ``index_folder``.

    Once it is filled it is ``shared`` with the other parts of the process.
    """

    def __init__(
        self, pool: Pool, clock: Clock, index_folder: Path | None, shared: SharedIndex
    ) -> None:
        self._shared = shared
        self._pool = pool
        self._clock = clock
        self._index_folder = index_folder
        self._using: InUse | None = None

    async def under(self, base: Engine) -> InUse | None:
        """What belongs to the version that is active now, loaded once."""
        async with self._pool.transaction() as connection:
            row = await self._active(connection, base)
            if row is None:
                return None
            if self._using is not None and self._using.engine.number == row.number:
                engine = self._using.engine.calibrated(row, base)
                self._using = replace(self._using, engine=engine)
                return self._using
            engine = await self._loaded(connection, row, base)
        return await self._switched(engine)

    async def _switched(self, engine: EngineInUse) -> InUse:
        """All live listings under the version; it takes long, so no transaction waits for it."""
        live = await LiveListings.loaded(self._pool, engine.engine, self._index_folder)
        await asyncio.to_thread(_spare_the_collector)
        former, self._using = self._using, InUse(engine=engine, live=live)
        self._shared.share(live)
        if former is not None:
            await asyncio.to_thread(former.live.close)
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


def _spare_the_collector() -> None:
    """What was loaded stays: looking through all of it again took a match 150 ms now and then."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
