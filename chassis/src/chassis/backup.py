"""How old the server's last backup is, and whether its log is archived, as any role can ask it.

Whoever takes a backup says so in the comment of the database `postgres`; a server that archives
nothing is no production, and nothing is wrong with it.
"""

from collections.abc import Sequence
from typing import Any

from chassis.database import Connection
from chassis.finding import Finding
from chassis.measuring import Figure

LATE_HOURS = 26
UNARCHIVED_SECONDS = 600

# Without any backup the age is that of the database, so that a new one has a day's time.
_AGE = """
    select extract(epoch from clock_timestamp() - coalesce(
        substring(shobj_description(oid, 'pg_database') from 'last backup (.*)')::timestamptz,
        (select min(applied) from _pogo_migration))) as seconds
    from pg_database
    where datname = 'postgres' and current_setting('archive_mode') <> 'off'
"""
_UNARCHIVED = """
    select extract(epoch from clock_timestamp() - coalesce(last_archived_time, stats_reset))
        as seconds
    from pg_stat_archiver
    where current_setting('archive_mode') <> 'off'
        and last_failed_time > coalesce(last_archived_time, '-infinity')
"""

FIGURES = (
    Figure(name="backup_age_seconds", says="Age of the last backup of the server", query=_AGE),
    Figure(
        name="archive_failing_seconds",
        says="For how long the server's log could not be archived",
        query=f"select coalesce(max(seconds), 0) from ({_UNARCHIVED}) as failing",
    ),
)


async def backup_findings(
    connection: Connection, _settings: Any, *, unarchived_seconds: float = UNARCHIVED_SECONDS
) -> Sequence[Finding]:
    age = await connection.fetchval(_AGE) or 0
    unarchived = await connection.fetchval(_UNARCHIVED) or 0
    found = []
    if age > LATE_HOURS * 3600:
        found.append(
            Finding(
                check="backup_age",
                wrong=f"The last backup is {age / 3600:.0f} hours old, or there never was one.",
                remedy="Run: make backup; every night by cron, as docs/operating.md says.",
            )
        )
    if unarchived > unarchived_seconds:
        found.append(
            Finding(
                check="archive",
                wrong=f"The database's log is not archived for {unarchived / 60:.0f} minutes.",
                remedy="Is the disk of the backups full, or not there? The server's log says more.",
            )
        )
    return found
