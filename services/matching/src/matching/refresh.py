"""A background refresh: a new version is built beside the active one, then all switch at once."""

import hashlib
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from matching import analysis_storage, due_storage, version_storage
from matching.analysis_version import AnalysisVersion
from matching.engine import Engine
from matching.version_file import packed
from matching.version_storage import VersionRow


class RefreshRunning(Exception):
    """Another refresh is not over yet."""


class AnotherEngine(Exception):
    """The service scores with another model or release than this process."""


class UpToDate(Exception):
    """The same listings joined the version that is active."""


async def ensure_active(connection: Connection, base: Engine, *, now: datetime) -> VersionRow:
    """The active version; the shipped one where there is none for this engine yet."""
    active = await version_storage.in_state(connection, "active", locked=True)
    if active is not None and active.engine == base.version.number:
        return active
    return await return_to_shipped(connection, base, now=now)


async def return_to_shipped(connection: Connection, base: Engine, *, now: datetime) -> VersionRow:
    """Leave every refreshed version behind; listings meet again under the shipped one."""
    states = [
        await version_storage.in_state(connection, state, locked=True)
        for state in ("active", "building")
    ]
    await version_storage.retire(connection, [row.number for row in states if row is not None])
    shipped = _row(base.version, engine=base.version.number, members=frozenset(), now=now)
    await version_storage.add(connection, shipped, content=None, sha256=None)
    await due_storage.queue_open(connection, Cause.new(), now=now)
    return shipped


async def check(connection: Connection, base: Engine) -> None:
    """Whether a refresh may start."""
    active = await version_storage.in_state(connection, "active")
    if active is not None and active.engine != base.version.number:
        raise AnotherEngine
    if await version_storage.in_state(connection, "building") is not None:
        raise RefreshRunning


async def start(
    connection: Connection,
    version: AnalysisVersion,
    *,
    base: Engine,
    members: frozenset[UUID],
    now: datetime,
) -> None:
    """Keep a fitted version, which the workers then build; only one at a time."""
    active = await ensure_active(connection, base, now=now)
    await check(connection, base)
    if active.number == version.number:
        raise UpToDate
    content = packed(version)
    await version_storage.add(
        connection,
        _row(version, engine=base.version.number, members=members, now=now),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


async def finish(connection: Connection, number: str, *, now: datetime) -> bool:
    """Switch every replica to a built version, unless a listing still lacks its analysis.

    Running matches hold the active version and end first; whoever matches later finds the new
    one. Each open listing then meets the other side again, under the new thresholds.
    """
    building = await version_storage.in_state(connection, "building", locked=True)
    if building is None or building.number != number:
        return False
    if await analysis_storage.missing(connection, number, now=now, limit=1):
        return False
    active = await version_storage.in_state(connection, "active", locked=True)
    if active is not None:
        await version_storage.retire(connection, [active.number])
    await version_storage.activate(connection, number, at=now)
    await due_storage.queue_open(connection, Cause.new(), now=now)
    return True


def _row(
    version: AnalysisVersion, *, engine: str, members: frozenset[UUID], now: datetime
) -> VersionRow:
    requests = len(version.requests)
    return VersionRow(
        number=version.number,
        engine=engine,
        state="building" if version.joined else "active",
        members=members,
        offers=version.background.listings - requests,
        requests=requests,
        created_at=now,
        activated_at=None if version.joined else now,
    )
