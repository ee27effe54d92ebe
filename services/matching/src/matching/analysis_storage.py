"""The SQL of stored analyses, one function a statement; a row counts only for its own text."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from matching.analysis import Analysis
from matching.kept_listing import KeptListing
from matching.stored_analysis import StoredAnalysis, restored, stored

COLUMNS = (
    "tokens, token_weights, words, sentence, vector, terms, word_count, spreads, in_background"
)

_OPEN = "l.live and l.valid_until > $2 and l.content is not null"
_ANALYSED = """exists (select from analysis a where a.version = $1
    and a.listing_id = l.listing_id and a.part = 0 and a.text_revision = l.text_revision)"""

_TEXT = """
    select text_revision from listing
    where listing_id = $1 and revision = $2 and content is not null for no key update
"""

_INSERT = f"""
    insert into analysis (version, listing_id, part, text_revision, unusable, {COLUMNS})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
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
    text = await connection.fetchval(_TEXT, listing.listing_id, listing.revision)
    if text is None:
        return
    await connection.execute(
        "delete from analysis where version = $1 and listing_id = $2", version, listing.listing_id
    )
    for part, columns in enumerate(map(_columns, analyses) if analyses else [(None,) * 9]):
        await connection.execute(
            _INSERT, version, listing.listing_id, part, text, not analyses, *columns
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


def analysis_in(row: Row, *, version: str, listing: KeptListing) -> Analysis:
    columns = {name: row[name] for name in COLUMNS.split(", ")}
    return restored(
        StoredAnalysis(version=version, **columns),
        kind=listing.kind,
        category=listing.content.category.slug,
    )


def _columns(analysis: Analysis) -> tuple[object, ...]:
    _, *columns = astuple(stored(analysis))
    return tuple(columns)
