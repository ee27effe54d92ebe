"""Finding listings by full text and trigrams, over nothing but what the searcher may see."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.database import Connection
from listings.listing import storage
from listings.listing.listing import Listing
from schemas.vocabulary import ListingKind

PAGE_SIZE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """`sees_cluster` adds what only members of organisations and operators may see."""

    text: str = ""
    kind: ListingKind | None = None
    category: str | None = None
    sees_cluster: bool = False
    page: int = 1

    @property
    def patterns(self) -> list[str]:
        """Every word somewhere in the text, so that *Masken* finds *Schutzmasken*."""
        return [f"%{_literal(word)}%" for word in self.text.lower().split()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    listings: tuple[Listing, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


_SEEN = "status = 'published' and (visibility in ('public', 'anonymous') or $1)"
_MATCHING = f"""
    {_SEEN}
    and ($2 = '' or words like all($3::text[]) or lower($2) <% words
        or search @@ websearch_to_tsquery('german', $2)
        or search @@ websearch_to_tsquery('english', $2))
    and ($4::text is null or kind = $4)
"""
_RANK = "ts_rank(search, websearch_to_tsquery('german', $2)) + (words like all($3::text[]))::int"


async def found(connection: Connection, search: Search) -> Found:
    terms = (search.sees_cluster, search.text, search.patterns, search.kind, search.category)
    where = f"{_MATCHING} and ($5::text is null or category = $5)"
    total = await connection.fetchval(f"select count(*) from listing where {where}", *terms)
    rows = await connection.fetch(
        f"{storage.SELECT} where {where}"
        f" order by {_RANK} desc, published_at desc, id limit $6 offset $7",
        *terms,
        PAGE_SIZE,
        (search.page - 1) * PAGE_SIZE,
    )
    listings = tuple(storage.listing_of(row) for row in rows)
    return Found(listings=listings, total=total, page=search.page)


async def counts_by_category(connection: Connection, search: Search) -> Mapping[str, int]:
    """How many listings each category would show with the other terms of the search."""
    rows = await connection.fetch(
        f"select category, count(*) as listings from listing where {_MATCHING} group by category",
        search.sees_cluster,
        search.text,
        search.patterns,
        search.kind,
    )
    return {row["category"]: row["listings"] for row in rows}


async def counts_by_kind(connection: Connection, *, sees_cluster: bool) -> Mapping[str, int]:
    rows = await connection.fetch(
        f"select kind, count(*) as listings from listing where {_SEEN} group by kind", sees_cluster
    )
    return {row["kind"]: row["listings"] for row in rows}


async def latest(connection: Connection, *, sees_cluster: bool, limit: int) -> tuple[Listing, ...]:
    rows = await connection.fetch(
        f"{storage.SELECT} where {_SEEN} order by published_at desc, id limit $2",
        sees_cluster,
        limit,
    )
    return tuple(storage.listing_of(row) for row in rows)


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
