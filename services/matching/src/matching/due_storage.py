"""The SQL of what waits to be matched, one function a statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection

# Taken by one worker at a time; a worker that ends in the middle loses its claim with time.
# What has no analysis yet comes first: the best of many that come at once can then be told.
# In a condition the limited query could be asked anew for each row, and would claim them all.
_CLAIM = """
    with chosen as materialized (
        select due.listing_id from match_due due join listing l on l.listing_id = due.listing_id
        where claimed_until is null or claimed_until <= $1
        order by exists (select from analysis a where a.version = $4
            and a.listing_id = l.listing_id and a.text_revision = l.text_revision),
            queued_at, due.listing_id limit $3 for update of due skip locked
    )
    update match_due set claimed_until = $1::timestamptz + $2::interval
    from chosen where match_due.listing_id = chosen.listing_id
    returning match_due.listing_id, revision, round, correlation_id, caused_by, traceparent
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One revision of a listing that has yet to meet the other side, and what brought it.

    In round 0 it meets its best counterparts, in later ones those beyond.
    """

    listing_id: UUID
    revision: int
    cause: Cause
    round: int = 0


async def queue(connection: Connection, listing_id: UUID, *, revision: int, cause: Cause) -> None:
    await connection.execute(
        "insert into match_due (listing_id, revision, correlation_id, caused_by, traceparent)"
        " values ($1, $2, $3, $4, $5) on conflict (listing_id) do update"
        " set revision = excluded.revision, round = 0, claimed_until = null,"
        " correlation_id = excluded.correlation_id, caused_by = excluded.caused_by,"
        " traceparent = excluded.traceparent",
        listing_id,
        revision,
        cause.correlation_id,
        cause.event_id,
        cause.traceparent,
    )


async def queue_open(connection: Connection, cause: Cause, *, now: datetime) -> None:
    """Queue every open listing at its revision; those that wait begin anew in their place."""
    await connection.execute(
        "insert into match_due (listing_id, revision, correlation_id)"
        " select listing_id, revision, $1 from listing"
        " where live and valid_until > $2 and content is not null"
        " on conflict (listing_id) do update set round = 0",
        cause.correlation_id,
        now,
    )


async def claim(
    connection: Connection, *, version: str, now: datetime, lease: timedelta, limit: int
) -> tuple[Due, ...]:
    rows = await connection.fetch(_CLAIM, now, lease, limit, version)
    return tuple(
        Due(
            listing_id=row["listing_id"],
            revision=row["revision"],
            round=row["round"],
            cause=Cause(
                correlation_id=row["correlation_id"],
                event_id=row["caused_by"],
                traceparent=row["traceparent"],
            ),
        )
        for row in rows
    )


async def release(connection: Connection, dues: Sequence[Due]) -> None:
    """Give back what was only analysed."""
    await connection.execute(
        "update match_due set claimed_until = null where listing_id = any($1::uuid[])",
        [due.listing_id for due in dues],
    )


async def postpone(connection: Connection, due: Due, *, at: datetime) -> None:
    """Further counterparts come after whatever waits now; a newer revision begins anew."""
    await connection.execute(
        "update match_due set round = $3, claimed_until = null, queued_at = $4"
        " where listing_id = $1 and revision = $2",
        due.listing_id,
        due.revision,
        due.round + 1,
        at,
    )


async def done(connection: Connection, due: Due) -> None:
    """A revision that came meanwhile stays due."""
    await connection.execute(
        "delete from match_due where listing_id = $1 and revision = $2",
        due.listing_id,
        due.revision,
    )


async def drop(connection: Connection, listing_id: UUID) -> None:
    await connection.execute("delete from match_due where listing_id = $1", listing_id)
