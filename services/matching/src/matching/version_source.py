"""Which version is scored under now: what the database says is active, read once, checked."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from chassis.database import Connection
from matching import version_storage
from matching.engine import Engine
from matching.version_file import unpacked
from matching.version_storage import VersionRow

log = structlog.get_logger(__name__)


class DamagedVersion(Exception):
    """The stored version is not what was stored; a refresh makes a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineInUse:
    """The engine under one version, and who is part of that version's background."""

    engine: Engine
    members: frozenset[UUID]

    @property
    def number(self) -> str:
        return self.engine.version.number

    def calibrated(self, row: VersionRow, base: Engine) -> "EngineInUse":
        return replace(self, engine=calibrated(self.engine, row, base))


def calibrated(engine: Engine, row: VersionRow, base: Engine) -> Engine:
    """With the threshold that answers taught, unless the operator has set one."""
    learned = row.threshold if base.threshold is None else base.threshold
    return engine if engine.threshold == learned else replace(engine, threshold=learned)


async def engine_under(connection: Connection, row: VersionRow, base: Engine) -> EngineInUse:
    """Load a version; the shipped one needs no loading."""
    stored = await version_storage.content(connection, row.number)
    if stored is None:
        return EngineInUse(engine=calibrated(base, row, base), members=row.members)
    content, checksum = stored
    if hashlib.sha256(content).hexdigest() != checksum:
        raise DamagedVersion(row.number)
    version = await asyncio.to_thread(unpacked, content, row.number)
    engine = calibrated(base.under(version), row, base)
    return EngineInUse(engine=engine, members=row.members)
