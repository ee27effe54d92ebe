"""The SQL of stored analyses, one function a statement; a row counts only for its own text."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from matching.analysed_columns import COLUMNS, NAMES, columns_of
from matching.analysis import Analysis
from matching.kept_listing import KeptListing

_OPEN = "l.live and l.valid_until > $2 and l.content is not null"
_ANALYSED = """exists (select from analysis a where a.version = $1
    and a.listing_id = l.listing_id and a.part = 0 and a.text_revision = l.text_revision)"""

# A text that moved on takes no analysis. Parts that the text has no more are removed.
_STORE = f"""
    with text as (select text_revision from listing
        where listing_id = $2 and revision = $5 and content is not null for no key update
    ), gone as (delete from analysis
        where version = $1 and listing_id = $2 and part >= $6 and exists (select from text)
    )
    insert into analysis (version, listing_id, part, unusable, text_revision, {COLUMNS})
    select $1, $2, $3, $4, text_revision, $7, $8, $9, $10, $11, $12, $13, $14, $15 from text
    on conflict (version, listing_id, part) do update set text_revision = excluded.text_revision,
        unusable = excluded.unusable, changed_by = pg_current_xact_id(),
        {", ".join(f"{name} = excluded.{name}" for name in NAMES)}
"""


async def known(
    connection: Connection, listing_ids: Sequence[UUID], version: str
) -> frozenset[UUID]:
    """Those of the listings whose present text was analysed in this version."""
    rows = await connection.fetch(
        f"select l.listing_id from listing l where l.listing_id = any($2::uuid[]) and {_ANALYSED}",
        version,
        list(listing_ids),
    )
    return frozenset(row["listing_id"] for row in rows)


async def missing(
    connection: Connection, version: str, *, now: datetime, limit: int
) -> tuple[UUID, ...]:
    """Open listings without analysis in this version, in an order that differs by worker."""
    rows = await connection.fetch(
        f"select l.listing_id from listing l where {_OPEN} and not {_ANALYSED}"
        " order by md5(l.listing_id::text || pg_backend_pid()) limit $3",
        version,
        now,
        limit,
    )
    return tuple(row["listing_id"] for row in rows)


async def progress(connection: Connection, version: str, *, now: datetime) -> tuple[int, int]:
    """How many of the open listings are analysed in this version."""
    row = await connection.fetchrow(
        f"select count(*) filter (where {_ANALYSED}) as done, count(*) as total"
        f" from listing l where {_OPEN}",
        version,
        now,
    )
    return (0, 0) if row is None else (row["done"], row["total"])


async def store(
    connection: Connection, listing: KeptListing, analyses: Sequence[Analysis], version: str
) -> None:
    """Keep the analyses of a listing's parts, none for an unusable one, unless its text moved."""
    parts = list(map(columns_of, analyses)) or [(None,) * len(NAMES)]
    about = (not analyses, listing.revision, len(parts))
    await connection.executemany(
        _STORE,
        [
            (version, listing.listing_id, part, *about, *columns)
            for part, columns in enumerate(parts)
        ],
    )


async def drop(connection: Connection, listing_id: UUID) -> None:
    await connection.execute("delete from analysis where listing_id = $1", listing_id)


async def drop_retired(connection: Connection, *, limit: int) -> int:
    """Remove some of what was analysed in retired versions."""
    rows = await connection.fetch(
        "delete from analysis where ctid = any(array(select a.ctid from analysis a"
        " join analysis_version v on v.number = a.version where v.state = 'retired' limit $1))"
        " returning listing_id",
        limit,
    )
    return len(rows)


async def forget(connection: Connection, subject: UUID) -> None:
    await connection.execute(
        "delete from analysis using listing l where analysis.listing_id = l.listing_id"
        " and l.subjects @> array[$1]::uuid[]",
        subject,
    )
