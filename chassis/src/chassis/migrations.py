"""Schema changes: numbered plain SQL, the chassis's first, then the service's, under one lock."""

import logging
from importlib.resources import files
from pathlib import Path

import structlog
from pogo_core.util import migrate, sql

from chassis.database import Connection, single_connection

log = structlog.get_logger(__name__)

_quiet = logging.getLogger("chassis.migrations")
_quiet.setLevel(logging.CRITICAL)

LOCK = 0x6D696772617465
"""Advisory lock key: the bytes of "migrate"."""


def chassis_migrations() -> Path:
    return Path(str(files("chassis"))) / "migrations"


async def apply(database_url: str, *, name: str, directory: Path) -> None:
    """Bring a database up to date; a second run at the same time waits, then finds nothing to do.

    ``lock_timeout`` keeps a migration from queueing behind a long transaction and blocking
    everything behind itself.
    """
    async with single_connection(database_url, application=f"{name}-migrate") as connection:
        await connection.fetchval("select pg_advisory_lock($1)", LOCK)
        await connection.execute("set lock_timeout = '2s'")
        for each in (chassis_migrations(), directory):
            await migrate.apply(connection, each, schema_name="public", logger=_quiet)
    log.info("migrated", service=name)


async def differences(connection: Connection, directory: Path) -> tuple[set[str], set[str]]:
    """The migrations this code has and the database not, and those only the database knows."""
    folders = (chassis_migrations(), directory)
    known = {path.stem for folder in folders for path in folder.glob("*.sql")}
    applied: set[str] = set()
    if await connection.fetchval("select to_regclass('public._pogo_migration') is not null"):
        applied = await sql.get_applied_migrations(connection, schema_name="public")
    return known - applied, applied - known
