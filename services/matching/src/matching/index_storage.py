"""The SQL that fills an index anew, one function a statement: pages of live analyses."""

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Connection
from matching.analysed_columns import COLUMNS, analysis_in
from matching.analysis import Analysis
from schemas.vocabulary import ListingKind

_LIVE = """analysis a join listing l using (listing_id)
    where a.version = $1 and not a.unusable and l.live and l.content is not null
    and a.text_revision = l.text_revision"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPart:
    """A listing (part 0) or one of its further needs, as it is analysed."""

    listing_id: UUID
    part: int
    revision: int
    analysis: Analysis


Place = tuple[UUID, int]
BEFORE_ALL: Place = (UUID(int=0), -1)


async def live_count(connection: Connection, version: str) -> int:
    """How many parts there are."""
    count: int = await connection.fetchval(f"select count(*) from {_LIVE}", version)
    return count


async def page_after(
    connection: Connection, place: Place, *, version: str, size: int
) -> list[StoredPart]:
    """The next parts in the order of their keys; fewer than `size` are the last ones."""
    rows = await connection.fetch(
        "select a.listing_id, a.part, l.revision, l.kind,"
        f" l.content -> 'category' ->> 'slug' as category, {COLUMNS}"
        f" from {_LIVE} and (a.listing_id, a.part) > ($2, $3)"
        " order by a.listing_id, a.part limit $4",
        version,
        *place,
        size,
    )
    return [
        StoredPart(
            listing_id=row["listing_id"],
            part=row["part"],
            revision=row["revision"],
            analysis=analysis_in(
                row, version=version, kind=ListingKind(row["kind"]), category=row["category"]
            ),
        )
        for row in rows
    ]
