"""The SQL of kept listings and their analyses, one function a statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from chassis.database import Connection, Row
from matching.analysed_columns import COLUMNS, analysis_in
from matching.analysis import Analysis
from matching.kept_listing import KeptListing
from schemas.listing import ListingContent
from schemas.organisation import OrganisationState

_TEXT = "listing_id, organisation_id, revision, live, content"

# Whether a known listing is live only its state says, which may be of the revision that a fact
# brought. An unchanged text keeps its analyses. What an erased organisation wrote never comes back.
_KEEP = """
    insert into listing as kept (listing_id, organisation_id, revision, kind, content, visibility,
        place, valid_until, live, subjects, text_revision)
    select $1, $2, $3, $4, $5::jsonb, $6, $7::jsonb, $8, $9, array[$2::uuid], $3
    where not exists (select from state_copy
        where name = $10 and id = $2 and payload is null)
    on conflict (listing_id) do update set revision = excluded.revision, kind = excluded.kind,
        content = excluded.content, visibility = excluded.visibility, place = excluded.place,
        valid_until = excluded.valid_until,
        live = case when $11 then excluded.live else kept.live end,
        changed_by = pg_current_xact_id(), text_revision =
            case when kept.content = excluded.content then kept.text_revision
                else excluded.revision end
    where kept.revision < excluded.revision
        or ($11 and kept.revision = excluded.revision and kept.content is not null
            and kept.live <> excluded.live)
    returning live
"""

_BURY = """
    insert into listing as kept (listing_id, organisation_id, revision, live, subjects,
        text_revision)
    values ($1, $2, $3, false, array[$2::uuid], $3)
    on conflict (listing_id) do update set revision = excluded.revision, live = false,
        content = null, text_revision = excluded.revision, changed_by = pg_current_xact_id()
    where kept.revision < excluded.revision
    returning listing_id
"""


# Bounded on both sides, though all that is visible lies below the upper bound: the planner expects
# little of a range and goes by the index, but of an open end a third of the table.
_SINCE = "changed_by >= $1::text::xid8 and changed_by < pg_snapshot_xmax(pg_current_snapshot())"
_CHANGED = f"""
    with changed as (
        select listing_id from listing where {_SINCE}
        union select listing_id from analysis where version = $2 and {_SINCE}
    ) select pg_snapshot_xmin(pg_current_snapshot())::text as oldest, listing_id
    from (values (true)) as once left join changed on true
"""

_WITH_ANALYSES = f"""
    select {", ".join(f"l.{name}" for name in _TEXT.split(", "))}, a.part, {COLUMNS}
    from listing l left join analysis a on a.version = $2 and a.listing_id = l.listing_id
        and a.text_revision = l.text_revision and not a.unusable
    where l.listing_id = any($1::uuid[])
    order by l.listing_id, a.part
"""


def wording_of(listing: str) -> str:
    """SQL for the digest of what a row of `listing` says; no date or place changes it."""
    said = ("title", "description", "tags", "needs", "category,slug")
    parts = ", ".join(f"{listing}.content #> '{{{path}}}'" for path in said)
    return f"sha256(convert_to(jsonb_build_array({parts})::text, 'UTF8'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A listing that was changed; without analyses, one for each part, it meets nobody."""

    listing_id: UUID
    listing: KeptListing | None
    analyses: tuple[Analysis, ...]


async def keep(connection: Connection, listing: KeptListing, *, from_state: bool) -> bool | None:
    """Keep a revision; True if it is live, None where it, or a later one, is kept already."""
    content = listing.content
    live: bool | None = await connection.fetchval(
        _KEEP,
        listing.listing_id,
        listing.organisation_id,
        listing.revision,
        content.kind,
        content.model_dump_json(),
        content.visibility,
        None if content.place is None else content.place.model_dump_json(),
        content.valid_until,
        listing.live,
        OrganisationState.name,
        from_state,
    )
    return live


async def bury(
    connection: Connection, listing_id: UUID, *, organisation_id: UUID, revision: int
) -> bool:
    """Leave a gravestone in place of the listing; False where a later revision is kept."""
    return await connection.fetchrow(_BURY, listing_id, organisation_id, revision) is not None


async def listings(
    connection: Connection, listing_ids: Sequence[UUID], *, locked: bool = False
) -> dict[UUID, KeptListing]:
    """Those that still have a text; locked, they stay as they are until the transaction ends."""
    lock = " order by listing_id for share" if locked else ""
    rows = await connection.fetch(
        f"select {_TEXT} from listing where listing_id = any($1::uuid[])"
        f" and content is not null{lock}",
        list(listing_ids),
    )
    return {row["listing_id"]: _listing(row) for row in rows}


async def oldest_unseen(connection: Connection) -> str:
    """Where to read on next time: transactions before this one are over."""
    oldest: str = await connection.fetchval("select pg_snapshot_xmin(pg_current_snapshot())::text")
    return oldest


async def changes_since(
    connection: Connection, unseen: str, version: str
) -> tuple[list[Change], str]:
    """What changed from that transaction on, and where to read on next time.

    Analyses of another version are left out.
    """
    changed = await connection.fetch(_CHANGED, unseen, version)
    listing_ids = [row["listing_id"] for row in changed if row["listing_id"] is not None]
    rows = await connection.fetch(_WITH_ANALYSES, listing_ids, version) if listing_ids else []
    changes = [
        _change(list(parts), version) for _, parts in groupby(rows, lambda row: row["listing_id"])
    ]
    return changes, changed[0]["oldest"]


async def forget(connection: Connection, subject: UUID) -> None:
    """Blank what an erased organisation wrote."""
    await connection.execute(
        "update listing set live = false, content = null, place = null,"
        " changed_by = pg_current_xact_id() where subjects @> array[$1]::uuid[]",
        subject,
    )


async def open_listings(connection: Connection, *, now: datetime) -> list[KeptListing]:
    """Who can be met now, the latest first."""
    rows = await connection.fetch(
        f"select {_TEXT} from listing where live and valid_until > $1 and content is not null"
        " order by text_revision desc, listing_id",
        now,
    )
    return [_listing(row) for row in rows]


def _change(parts: list[Row], version: str) -> Change:
    first = parts[0]
    if not first["live"] or first["content"] is None or first["part"] is None:
        return Change(listing_id=first["listing_id"], listing=None, analyses=())
    listing = _listing(first)
    kind, category = listing.kind, listing.content.category.slug
    analyses = tuple(
        analysis_in(row, version=version, kind=kind, category=category) for row in parts
    )
    return Change(listing_id=listing.listing_id, listing=listing, analyses=analyses)


def _listing(row: Row) -> KeptListing:
    return KeptListing(
        listing_id=row["listing_id"],
        organisation_id=row["organisation_id"],
        revision=row["revision"],
        live=row["live"],
        content=ListingContent.model_validate_json(row["content"]),
    )
