"""Builds a refresh a few listings at a time, beside the matching; a crash repeats a few."""

from chassis.database import Pool
from chassis.sweeps import Clock
from matching import analysis_storage, refresh, version_storage
from matching.analyst import Analyst
from matching.engine import Engine
from matching.version_source import EngineInUse, engine_under
from matching.version_storage import VersionRow

CLEARED_AT_ONCE = 200


class RefreshBuilder:
    """Analyses every open listing under the version that is being built, then lets all switch."""

    def __init__(self, analyst: Analyst, *, pool: Pool, clock: Clock) -> None:
        self._analyst = analyst
        self._pool = pool
        self._clock = clock
        self._building: EngineInUse | None = None

    async def build_some(self, base: Engine, *, limit: int) -> bool:
        """True if something was built or cleared away, and there may be more."""
        async with self._pool.connection() as connection:
            row = await version_storage.in_state(connection, "building")
        if row is None or row.engine != base.version.number:
            return await self._clear_some()
        building = await self._loaded(row, base)
        async with self._pool.connection() as connection:
            missing = await analysis_storage.missing(
                connection, row.number, now=self._clock(), limit=limit
            )
        if missing:
            return await self._analyst.analyse(building, missing, state="building")
        async with self._pool.transaction() as connection:
            return await refresh.finish(connection, row.number, now=self._clock())

    async def _loaded(self, row: VersionRow, base: Engine) -> EngineInUse:
        if self._building is None or self._building.number != row.number:
            async with self._pool.connection() as connection:
                self._building = await engine_under(connection, row, base)
        return self._building

    async def _clear_some(self) -> bool:
        """What was analysed in retired versions goes, some at a time."""
        self._building = None
        async with self._pool.transaction() as connection:
            return await analysis_storage.drop_retired(connection, limit=CLEARED_AT_ONCE) > 0
