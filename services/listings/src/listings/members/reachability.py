"""Which members mails do not reach: marked by a bounce, cleared by any sign of life."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from chassis.database import Connection

_LOCK = """
    select from membership
    where organisation_id in (select organisation_id from membership where member_id = $1)
    order by organisation_id, member_id for update
"""
_NOBODY_REACHED = """
    select organisation_id from membership as own
    where member_id = $1 and not exists (
        select from membership join member on member.id = membership.member_id
        where membership.organisation_id = own.organisation_id
            and member.unreachable_since is null
    )
    order by organisation_id
"""


async def mark_unreachable(connection: Connection, member_id: UUID, *, since: datetime) -> None:
    await connection.execute(
        "update member set unreachable_since = coalesce(unreachable_since, $2) where id = $1",
        member_id,
        since,
    )


async def mark_reached(connection: Connection, member_id: UUID) -> None:
    await connection.execute(
        "update member set unreachable_since = null"
        " where id = $1 and unreachable_since is not null",
        member_id,
    )


async def mark_all_reached(connection: Connection, organisation_id: UUID) -> None:
    await connection.execute(
        "update member set unreachable_since = null where id in"
        " (select member_id from membership where organisation_id = $1)",
        organisation_id,
    )


async def organisations_nobody_answers_for(
    connection: Connection, member_id: UUID
) -> tuple[UUID, ...]:
    """Those of the member's organisations whose every member is unreachable."""
    # The lock makes two bounces wait for each other, so that the later one sees the earlier.
    await connection.execute(_LOCK, member_id)
    rows = await connection.fetch(_NOBODY_REACHED, member_id)
    return tuple(row["organisation_id"] for row in rows)


async def unanswered_among(
    connection: Connection, organisation_ids: Collection[UUID]
) -> tuple[UUID, ...]:
    """Those without a member whom mails reach."""
    rows = await connection.fetch(
        "select id from organisation where id = any($1::uuid[]) and not exists ("
        " select from membership join member on member.id = membership.member_id"
        " where membership.organisation_id = organisation.id and unreachable_since is null)"
        " order by id",
        list(organisation_ids),
    )
    return tuple(row["id"] for row in rows)
