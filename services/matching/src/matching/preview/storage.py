"""The SQL of who a draft could meet, one function a statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from matching.analysed_columns import COLUMNS, analysis_in
from matching.analysis import Analysis
from matching.coarse import CoarseText
from schemas.vocabulary import ListingKind

_OPEN = """
    from listing l join analysis a on a.version = $1 and a.listing_id = l.listing_id
        and a.text_revision = l.text_revision and not a.unusable
    where l.live and l.content is not null and l.valid_until > $2 and l.kind = $3
        and l.organisation_id <> all($4::uuid[]) and ($5 or l.visibility <> 'cluster')
        and not exists (select from hidden_pair h
            where (h.organisation_id = l.organisation_id
                    and h.hidden_organisation_id = any($4::uuid[]))
                or (h.hidden_organisation_id = l.organisation_id
                    and h.organisation_id = any($4::uuid[])))
"""


async def open_among(
    connection: Connection,
    listing_ids: Sequence[UUID],
    kind: ListingKind,
    *,
    version: str,
    own: Sequence[UUID],
    sees_cluster: bool,
    now: datetime,
) -> frozenset[UUID]:
    """Those of them that are open now and may be seen, not one's own and not hidden."""
    rows = await connection.fetch(
        f"select distinct l.listing_id {_OPEN} and l.listing_id = any($6::uuid[])",
        version,
        now,
        kind,
        list(own),
        sees_cluster,
        list(listing_ids),
    )
    return frozenset(row["listing_id"] for row in rows)


async def newest_counterparts(
    connection: Connection,
    kind: ListingKind,
    *,
    version: str,
    own: Sequence[UUID],
    sees_cluster: bool,
    now: datetime,
    looked_at: int,
) -> tuple[CoarseText, ...]:
    """The newest open listings of that kind that may be seen, not one's own and not hidden."""
    rows = await connection.fetch(
        f"select l.listing_id as id, vector, spreads[6] as deviation {_OPEN}"
        " order by l.revision desc, l.listing_id, a.part limit $6",
        version,
        now,
        kind,
        list(own),
        sees_cluster,
        looked_at,
    )
    return tuple(CoarseText(**row) for row in rows)


async def analyses_of(
    connection: Connection, listing_ids: Sequence[UUID], kind: ListingKind, *, version: str
) -> dict[UUID, tuple[Analysis, ...]]:
    """The parts of each listing: itself, then its further needs."""
    rows = await connection.fetch(
        f"select a.listing_id, a.part, l.content -> 'category' ->> 'slug' as slug, {COLUMNS}"
        " from listing l join analysis a on a.version = $1 and a.listing_id = l.listing_id"
        " and a.text_revision = l.text_revision and not a.unusable"
        " where l.content is not null and l.listing_id = any($2::uuid[])"
        " order by a.listing_id, a.part",
        version,
        list(listing_ids),
    )
    parts: dict[UUID, tuple[Analysis, ...]] = {}
    for row in rows:
        category = row["slug"] if row["part"] == 0 else ""
        analysis = analysis_in(row, version=version, kind=kind, category=category)
        parts[row["listing_id"]] = (*parts.get(row["listing_id"], ()), analysis)
    return parts
