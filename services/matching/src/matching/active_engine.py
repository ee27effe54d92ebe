"""The engine under the version that is active now, for whoever follows and never switches it."""

from datetime import datetime

from chassis.database import Connection, Pool
from matching import version_storage
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.version_source import DamagedVersion, calibrated, engine_under
from matching.version_storage import VersionRow


class ActiveEngine:
    """Loads each version once; None until the matching worker has made one active."""

    def __init__(self, engines: EngineSource) -> None:
        self._engines = engines
        self._using: Engine | None = None

    async def engine(self, pool: Pool, now: datetime) -> Engine | None:
        base = await self._engines.engine(now)
        if base is None:
            return None
        async with pool.connection() as connection:
            row = await version_storage.in_state(connection, "active")
            if row is None or row.engine != base.version.number:
                return None
            if self._using is None or self._using.version.number != row.number:
                self._using = await _under(connection, row, base)
        return None if self._using is None else calibrated(self._using, row, base)


async def _under(connection: Connection, row: VersionRow, base: Engine) -> Engine | None:
    """None while the stored version is damaged: the matching worker goes back to another one."""
    try:
        return (await engine_under(connection, row, base)).engine
    except DamagedVersion:
        return None
