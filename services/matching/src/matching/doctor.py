"""What ``doctor`` finds about the model and the analysis version that scores."""

import asyncio
import hashlib
from collections.abc import Sequence

from chassis.database import Connection
from chassis.finding import Finding
from matching import version_storage
from matching.model import DamagedModel, MissingModel, checked_manifest
from matching.settings import MatchingSettings


async def model_findings(_connection: Connection, settings: MatchingSettings) -> Sequence[Finding]:
    """Its files are whole, and it is told under which licence it is used."""
    try:
        manifest = await asyncio.to_thread(checked_manifest, settings.model_dir)
    except (MissingModel, DamagedModel) as error:
        remedy = "Build it anew: python -m matching model; until then listings wait."
        return [Finding(check="model", wrong=f"{error}.", remedy=remedy)]
    if manifest.licence.strip():
        return []
    wrong = f"The manifest in {settings.model_dir} names no licence."
    return [
        Finding(check="model_licence", wrong=wrong, remedy="Build it: python -m matching model")
    ]


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
