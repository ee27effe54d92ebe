"""Listings in PostgreSQL: one function a statement; whoever changes a listing locks its row."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from listings.listing.file_row import FileRow
from listings.listing.freshness import Asked, Freshness
from listings.listing.listing import Listing
from listings.organisations.storage import hold_owner
from schemas.listing import ListingContent
from schemas.vocabulary import ClosingAnswer, ClosingReason, ListingStatus

_COLUMNS = (
    "id, organisation_id, member_id, external_id, replaces, status, revision, content, pending,"
    " created_at, submitted_at, published_at, confirmed_at, confirm_by, asked, asked_at,"
    " closed_at, closing_reason, partners_asked_until, file_row"
)
_VALUES = ", ".join(f"${number}" for number in range(1, _COLUMNS.count(",") + 2))
SELECT = f"select {_COLUMNS} from listing"
_SAVE = f"""
    insert into listing ({_COLUMNS}) values ({_VALUES})
    on conflict (id) do update set ({_COLUMNS}) = ({_VALUES})
"""


async def insert(connection: Connection, listing: Listing) -> None:
    await connection.execute(
        f"insert into listing ({_COLUMNS}) values ({_VALUES}) on conflict (id) do nothing",
        *_row_of(listing),
    )


async def save(connection: Connection, listing: Listing) -> None:
    await connection.execute(_SAVE, *_row_of(listing))


async def save_many(connection: Connection, listings: Sequence[Listing]) -> None:
    await connection.executemany(_SAVE, [_row_of(listing) for listing in listings])


async def listing(connection: Connection, listing_id: UUID) -> Listing | None:
    row = await connection.fetchrow(f"{SELECT} where id = $1", listing_id)
    return None if row is None else listing_of(row)


async def listing_for_update(connection: Connection, listing_id: UUID) -> Listing | None:
    row = await connection.fetchrow(f"{SELECT} where id = $1 for update", listing_id)
    return None if row is None else listing_of(row)


async def listing_to_write(connection: Connection, listing_id: UUID) -> Listing | None:
    """With its row locked, its organisation's before it: no erasure misses what is written."""
    await hold_owner(connection, listing_id)
    return await listing_for_update(connection, listing_id)


async def by_external_id(connection: Connection, external_ids: Sequence[str]) -> dict[str, Listing]:
    rows = await connection.fetch(
        f"{SELECT} where external_id = any($1::text[]) order by id for update", list(external_ids)
    )
    return {row["external_id"]: listing_of(row) for row in rows}


async def of_organisations(
    connection: Connection, organisation_ids: Sequence[UUID]
) -> tuple[Listing, ...]:
    rows = await connection.fetch(
        f"{SELECT} where organisation_id = any($1::uuid[])"
        " order by status = 'closed', created_at desc",
        list(organisation_ids),
    )
    return tuple(listing_of(row) for row in rows)


async def all_of(connection: Connection, organisation_id: UUID) -> tuple[Listing, ...]:
    rows = await connection.fetch(
        f"{SELECT} where organisation_id = $1 order by id for update", organisation_id
    )
    return tuple(listing_of(row) for row in rows)


async def published_of(
    connection: Connection, organisation_ids: Sequence[UUID]
) -> tuple[Listing, ...]:
    rows = await connection.fetch(
        f"{SELECT} where organisation_id = any($1::uuid[]) and status = 'published'"
        " order by id for update",
        list(organisation_ids),
    )
    return tuple(listing_of(row) for row in rows)


async def touched_by(
    connection: Connection, organisation_ids: Sequence[UUID]
) -> tuple[Listing, ...]:
    """What may be shown otherwise if these organisations change: anonymous ones of all others too.

    In one order for all of them, so that two who lock them wait for each other.
    """
    rows = await connection.fetch(
        f"{SELECT} where status = 'published'"
        " and (organisation_id = any($1::uuid[]) or visibility = 'anonymous')"
        " order by id for update",
        list(organisation_ids),
    )
    return tuple(listing_of(row) for row in rows)


async def awaiting_moderator(connection: Connection) -> tuple[Listing, ...]:
    rows = await connection.fetch(
        f"{SELECT} where status = 'submitted' or pending is not null order by submitted_at, id"
    )
    return tuple(listing_of(row) for row in rows)


async def live(connection: Connection) -> AsyncIterator[Listing]:
    """Those that the other services know: what took a paused listing's place waits to be said."""
    async for row in connection.cursor(
        f"{SELECT} where status in ('published', 'paused') and published_at is not null order by id"
    ):
        yield listing_of(row)


async def save_closing_answer(
    connection: Connection, listing_id: UUID, answer: ClosingAnswer, *, at: datetime
) -> None:
    await connection.execute(
        "insert into closing_answer (listing_id, answer, answered_at) values ($1, $2, $3)"
        " on conflict (listing_id) do nothing",
        listing_id,
        answer,
        at,
    )


def listing_of(row: Row) -> Listing:
    pending, file_row = row["pending"], row["file_row"]
    return Listing(
        id=row["id"],
        organisation_id=row["organisation_id"],
        member_id=row["member_id"],
        external_id=row["external_id"],
        replaces=row["replaces"],
        status=ListingStatus(row["status"]),
        revision=row["revision"],
        content=ListingContent.model_validate_json(row["content"]),
        pending=None if pending is None else ListingContent.model_validate_json(pending),
        created_at=row["created_at"],
        submitted_at=row["submitted_at"],
        published_at=row["published_at"],
        freshness=_freshness_of(row),
        closed_at=row["closed_at"],
        closing_reason=row["closing_reason"] and ClosingReason(row["closing_reason"]),
        partners_asked_until=row["partners_asked_until"],
        file_row=None if file_row is None else FileRow.model_validate_json(file_row),
    )


def _freshness_of(row: Row) -> Freshness | None:
    if row["confirm_by"] is None:
        return None
    return Freshness(
        confirmed_at=row["confirmed_at"],
        confirm_by=row["confirm_by"],
        asked=row["asked"] and Asked(row["asked"]),
        asked_at=row["asked_at"],
    )


def _row_of(listing: Listing) -> tuple[object, ...]:
    freshness = listing.freshness
    return (
        listing.id,
        listing.organisation_id,
        listing.member_id,
        listing.external_id,
        listing.replaces,
        listing.status,
        listing.revision,
        listing.content.model_dump_json(),
        listing.pending and listing.pending.model_dump_json(),
        listing.created_at,
        listing.submitted_at,
        listing.published_at,
        freshness and freshness.confirmed_at,
        freshness and freshness.confirm_by,
        freshness and freshness.asked,
        freshness and freshness.asked_at,
        listing.closed_at,
        listing.closing_reason,
        listing.partners_asked_until,
        listing.file_row and listing.file_row.model_dump_json(),
    )
