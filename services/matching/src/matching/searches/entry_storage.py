"""The SQL of listings that enter and the searches they hit, one function a statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A listing that has yet to be compared, and what brought it."""

    listing_id: UUID
    cause: Cause


async def enter(connection: Connection, listing_id: UUID, *, at: datetime, cause: Cause) -> None:
    """A listing enters once, when it is live, whatever becomes of it later."""
    await connection.execute(
        "insert into entered_listing (listing_id, entered_at, correlation_id, caused_by,"
        " traceparent) select listing_id, $2, $3, $4, $5 from listing"
        " where listing_id = $1 and live on conflict do nothing",
        listing_id,
        at,
        cause.correlation_id,
        cause.event_id,
        cause.traceparent,
    )


async def entered(connection: Connection, version: str, *, limit: int) -> tuple[Entered, ...]:
    """Those that can be compared now, and those for which it is too late."""
    rows = await connection.fetch(
        "select e.listing_id, correlation_id, caused_by, traceparent from entered_listing e"
        " left join listing l on l.listing_id = e.listing_id"
        " where compared_at is null and (l.content is null or not l.live or exists ("
        "  select from analysis a where a.version = $1 and a.listing_id = l.listing_id"
        "  and a.part = 0 and a.text_revision = l.text_revision))"
        " order by entered_at limit $2",
        version,
        limit,
    )
    return tuple(
        Entered(
            listing_id=row["listing_id"],
            cause=Cause(
                correlation_id=row["correlation_id"],
                event_id=row["caused_by"],
                traceparent=row["traceparent"],
            ),
        )
        for row in rows
    )


async def compared(connection: Connection, listing_id: UUID, *, at: datetime) -> bool:
    """True for whoever compared it first."""
    row = await connection.fetchrow(
        "update entered_listing set compared_at = $2"
        " where listing_id = $1 and compared_at is null returning listing_id",
        listing_id,
        at,
    )
    return row is not None


async def hit(
    connection: Connection, search_id: UUID, listing_id: UUID, *, at: datetime
) -> int | None:
    """The search's new revision; None where it was deleted or found the listing before."""
    revision: int | None = await connection.fetchval(
        "with found as (insert into search_hit (search_id, listing_id, hit_at)"
        "  select search_id, $2, $3 from saved_search where search_id = $1"
        "  on conflict do nothing returning search_id)"
        " update saved_search s set revision = greatest(revision + 1, $4)"
        " from found where s.search_id = found.search_id returning revision",
        search_id,
        listing_id,
        at,
        int(at.timestamp() * 1000),
    )
    return revision


async def hidden_from(
    connection: Connection, organisation_id: UUID, others: Sequence[UUID]
) -> bool:
    """Whether one of the two sides called the other a competitor."""
    found: bool = await connection.fetchval(
        "select exists (select from hidden_pair"
        " where (organisation_id = $1 and hidden_organisation_id = any($2::uuid[]))"
        " or (hidden_organisation_id = $1 and organisation_id = any($2::uuid[])))",
        organisation_id,
        list(others),
    )
    return found
