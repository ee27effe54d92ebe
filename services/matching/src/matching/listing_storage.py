"""The SQL of kept listings and their analyses, one function a statement."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from matching.analysis import Analysis
from matching.kept_listing import KeptListing
from matching.stored_analysis import StoredAnalysis, restored, stored
from schemas.listing import ListingContent
from schemas.organisation import OrganisationState

_ANALYSIS = (
    "tokens, token_weights, words, sentence, vector, terms, word_count, spreads, in_background"
)
_NULLS = ", ".join(["null"] * 9)
_NO_ANALYSIS = f"analysis_version = null, ({_ANALYSIS}) = row({_NULLS})"
_TEXT = "listing_id, organisation_id, revision, live, content"

# A state record of the revision that a fact brought may still say that the listing is paused.
# An unchanged text keeps its analysis. What an erased organisation wrote never comes back.
_KEEP = """
    insert into listing as kept (listing_id, organisation_id, revision, kind, content, visibility,
        place, valid_until, live, subjects)
    select $1, $2, $3, $4, $5::jsonb, $6, $7::jsonb, $8, $9, array[$2::uuid]
    where not exists (select from state_copy
        where name = $10 and id = $2 and payload is null)
    on conflict (listing_id) do update set revision = excluded.revision, kind = excluded.kind,
        content = excluded.content, visibility = excluded.visibility, place = excluded.place,
        valid_until = excluded.valid_until, live = excluded.live,
        changed_by = pg_current_xact_id(), analysis_version =
            case when kept.content = excluded.content then kept.analysis_version end
    where kept.revision < excluded.revision
        or ($11 and kept.revision = excluded.revision and kept.content is not null
            and kept.live <> excluded.live)
    returning listing_id
"""

_BURY = f"""
    insert into listing as kept (listing_id, organisation_id, revision, live, subjects)
    values ($1, $2, $3, false, array[$2::uuid])
    on conflict (listing_id) do update set revision = excluded.revision, live = false,
        content = null, changed_by = pg_current_xact_id(), {_NO_ANALYSIS}
    where kept.revision < excluded.revision
    returning listing_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that was changed; without listing or analysis it meets nobody."""

    listing_id: UUID
    listing: KeptListing | None
    analysis: Analysis | None


async def keep(connection: Connection, listing: KeptListing, *, from_state: bool) -> bool:
    """Keep a revision; False where it, or a later one, is kept already."""
    content = listing.content
    row = await connection.fetchrow(
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
    return row is not None


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


async def analysed(
    connection: Connection, listing_ids: Sequence[UUID], version: str
) -> frozenset[UUID]:
    """Those of the listings that need no analysis in this version."""
    rows = await connection.fetch(
        "select listing_id from listing where listing_id = any($1::uuid[])"
        " and analysis_version = $2",
        list(listing_ids),
        version,
    )
    return frozenset(row["listing_id"] for row in rows)


async def store_analysis(connection: Connection, listing: KeptListing, analysis: Analysis) -> None:
    await connection.execute(
        f"update listing set (analysis_version, {_ANALYSIS})"
        " = row($3::text, $4, $5, $6, $7, $8, $9, $10, $11, $12), unusable = false,"
        " changed_by = pg_current_xact_id()"
        " where listing_id = $1 and revision = $2",
        listing.listing_id,
        listing.revision,
        *astuple(stored(analysis)),
    )


async def mark_unusable(connection: Connection, listing: KeptListing, version: str) -> None:
    await connection.execute(
        "update listing set analysis_version = $3, unusable = true"
        " where listing_id = $1 and revision = $2",
        listing.listing_id,
        listing.revision,
        version,
    )


async def oldest_unseen(connection: Connection) -> str:
    """Where to read on next time: transactions before this one are over."""
    oldest: str = await connection.fetchval("select pg_snapshot_xmin(pg_current_snapshot())::text")
    return oldest


async def changes_since(connection: Connection, unseen: str, version: str) -> list[Change]:
    """What changed from that transaction on; analyses of another version are left out."""
    rows = await connection.fetch(
        f"select {_TEXT}, kind, content -> 'category' ->> 'slug' as category,"
        f" analysis_version = $2 and not unusable as usable, {_ANALYSIS}"
        " from listing where changed_by >= $1::text::xid8",
        unseen,
        version,
    )
    return [_change(row, version) for row in rows]


async def forget(connection: Connection, subject: UUID) -> None:
    """Blank what an erased organisation wrote, and what was read from it."""
    await connection.execute(
        "update listing set live = false, content = null, place = null,"
        f" changed_by = pg_current_xact_id(), {_NO_ANALYSIS}"
        " where subjects @> array[$1]::uuid[]",
        subject,
    )


async def outdated(connection: Connection, version: str, *, now: datetime) -> list[UUID]:
    """Open listings that no engine of this version has looked at."""
    rows = await connection.fetch(
        "select listing_id from listing where live and valid_until > $2"
        " and analysis_version is distinct from $1 and content is not null",
        version,
        now,
    )
    return [row["listing_id"] for row in rows]


def _change(row: Row, version: str) -> Change:
    usable = row["live"] and row["content"] is not None and row["usable"]
    return Change(
        listing_id=row["listing_id"],
        listing=_listing(row) if usable else None,
        analysis=_analysis(row, version) if usable else None,
    )


def _listing(row: Row) -> KeptListing:
    return KeptListing(
        listing_id=row["listing_id"],
        organisation_id=row["organisation_id"],
        revision=row["revision"],
        live=row["live"],
        content=ListingContent.model_validate_json(row["content"]),
    )


def _analysis(row: Row, version: str) -> Analysis:
    columns = {name: row[name] for name in _ANALYSIS.split(", ")}
    listing = _listing(row)
    return restored(
        StoredAnalysis(version=version, **columns),
        kind=listing.kind,
        category=listing.content.category.slug,
    )
