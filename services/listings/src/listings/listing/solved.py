"""Owners who told somebody that it is solved are offered to end the listing; they decide."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection


async def note_solved(
    connection: Connection, listing_id: UUID, *, organisation_id: UUID, at: datetime
) -> None:
    """Nobody but its owner can say so of a listing."""
    await connection.execute(
        "update listing set said_solved_at = $3"
        " where id = $1 and organisation_id = $2 and status in ('published', 'paused')",
        listing_id,
        organisation_id,
        at,
    )


async def note_still_needed(connection: Connection, listing_id: UUID) -> None:
    await connection.execute(
        "update listing set said_solved_at = null where id = $1 and said_solved_at is not null",
        listing_id,
    )


async def said_solved(connection: Connection, listing_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of the live listings whose owners said so, and have not confirmed them since."""
    rows = await connection.fetch(
        "select id from listing where id = any($1::uuid[]) and said_solved_at is not null"
        " and status in ('published', 'paused')",
        list(listing_ids),
    )
    return frozenset(row["id"] for row in rows)
