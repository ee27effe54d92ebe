"""Which version is scored under now: what the database says is active, read once, checked."""

import asyncio
import hashlib
from dataclasses import dataclass
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


async def engine_under(connection: Connection, row: VersionRow, base: Engine) -> EngineInUse:
    """Load a version; the shipped one needs no loading."""
    stored = await version_storage.content(connection, row.number)
    if stored is None:
        return EngineInUse(engine=base, members=row.members)
    content, checksum = stored
    if hashlib.sha256(content).hexdigest() != checksum:
        raise DamagedVersion(row.number)
    version = await asyncio.to_thread(unpacked, content, row.number)
    return EngineInUse(engine=base.under(version), members=row.members)
