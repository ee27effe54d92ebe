"""What ``doctor`` finds about the model and the analysis version that scores."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from chassis.database import Connection
from chassis.finding import Finding
from chassis.service import Runtime
from matching import version_storage
from matching.encoder import PairedEncoder
from matching.model import MANIFEST_FILE, DamagedModel, MissingModel, checked_manifest
from matching.model_compact import checked_compact
from matching.settings import MatchingSettings

REMEDY = "Build it anew: python -m matching model; until then listings wait."


async def model_findings(_connection: Connection, settings: MatchingSettings) -> Sequence[Finding]:
    """Its files are whole, its compact part is there, and so is the licence it is used under."""
    return await asyncio.to_thread(lambda: [*_findings_in(settings.model_dir)])


def _findings_in(directory: Path) -> Iterator[Finding]:
    try:
        manifest = checked_manifest(directory)
        compact = checked_compact(directory, manifest)
        if not (directory / MANIFEST_FILE).is_file():
            # No checksum tells whether an operator's own export is whole.
            PairedEncoder(directory, compact)
    except (MissingModel, DamagedModel) as error:
        yield Finding(check="model", wrong=f"{error}.", remedy=REMEDY)
        return
    if compact is None:
        wrong = f"{directory} lacks its compact part: the service takes 350 MB more."
        yield Finding(check="model_compact", wrong=wrong, remedy="Add it: python -m matching model")
    if not manifest.licence.strip():
        wrong = f"The manifest in {directory} names no licence."
        remedy = "Build it: python -m matching model"
        yield Finding(check="model_licence", wrong=wrong, remedy=remedy)


def model_notes(runtime: Runtime) -> Sequence[Finding]:
    """Why the running service has no engine; nothing is read for it."""
    obstacle = runtime.settings.engines.obstacle
    if obstacle is None:
        return []
    wrong = f"matching waits for its model: {obstacle}."
    return [Finding(check="model", wrong=wrong, remedy=REMEDY)]


async def version_findings(connection: Connection, _settings: object) -> Sequence[Finding]:
    """Something is active as soon as there is something to match, and it is what was stored."""
    active = await version_storage.in_state(connection, "active")
    if active is None:
        return await _none_active(connection)
    stored = await version_storage.content(connection, active.number)
    if stored is None or hashlib.sha256(stored[0]).hexdigest() == stored[1]:
        return []
    wrong = f"The stored analysis version {active.number} is not what was stored."
    remedy = "Make a new one: python -m matching background refresh"
    return [Finding(check="analysis_version", wrong=wrong, remedy=remedy)]


async def _none_active(connection: Connection) -> Sequence[Finding]:
    if not await connection.fetchval("select exists (select from listing where live)"):
        return []
    return [
        Finding(
            check="analysis_version",
            wrong="There are listings, but no analysis version is active: nothing is matched.",
            remedy="Is the service running? See: python -m matching background status",
        )
    ]
