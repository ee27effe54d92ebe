"""The SQL of saved searches and what enters, one function a statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection, Row
from matching.analysed_columns import COLUMNS, analysis_in, values_of
from matching.analysis import Analysis
from matching.explanation import Position
from matching.searches.search import ANY_CATEGORY, Around, ReadSearch, SavedSearch
from schemas.organisation import OrganisationState
from schemas.place import Category
from schemas.vocabulary import Language, ListingKind

_SEARCH = (
    "search_id, member_id, revision, words, language, kind, category, postcode, latitude,"
    " longitude, radius_km, created_at"
)
# The words of the analysis; `words` are the member's own.
_STORED = COLUMNS.replace("words,", "analysed_words,", 1)

_PLACE = """
    select avg((place ->> 'latitude')::float) as latitude,
        avg((place ->> 'longitude')::float) as longitude
    from (select payload -> 'place' as place from state_copy
            where name = $1 and payload is not null
        union all select place from listing where place is not null) as known
    where place ->> 'postcode' like $2
"""

_CATEGORIES = """
    select distinct on (content -> 'category' ->> 'slug') content -> 'category' as category
    from listing where content is not null
    order by content -> 'category' ->> 'slug', revision desc
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A listing that has yet to be compared, and what brought it."""

    listing_id: UUID
    cause: Cause


async def add(connection: Connection, search: SavedSearch) -> bool:
    """False where the member saved the same search before."""
    around = search.around
    row = await connection.fetchrow(
        f"insert into saved_search ({_SEARCH})"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " on conflict do nothing returning search_id",
        search.search_id,
        search.member_id,
        search.revision,
        search.words,
        search.language,
        search.kind,
        search.category,
        None if around is None else around.postcode,
        None if around is None else around.position.latitude,
        None if around is None else around.position.longitude,
        None if around is None else around.radius_km,
        search.created_at,
    )
    return row is not None


async def lock_searches_of(connection: Connection, member_id: UUID) -> int:
    """How many the member has; nobody adds another one until the transaction ends."""
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('saved_search' || $1::text, 0))",
        str(member_id),
    )
    count: int = await connection.fetchval(
        "select count(*) from saved_search where member_id = $1", member_id
    )
    return count


async def searches_of(connection: Connection, member_id: UUID) -> tuple[SavedSearch, ...]:
    rows = await connection.fetch(
        f"select {_SEARCH} from saved_search where member_id = $1"
        " order by created_at desc, search_id",
        member_id,
    )
    return tuple(map(_search, rows))


async def search(connection: Connection, search_id: UUID, member_id: UUID) -> SavedSearch | None:
    row = await connection.fetchrow(
        f"select {_SEARCH} from saved_search where search_id = $1 and member_id = $2",
        search_id,
        member_id,
    )
    return None if row is None else _search(row)


async def drop(connection: Connection, search_id: UUID, member_id: UUID) -> None:
    await connection.execute(
        "delete from saved_search where search_id = $1 and member_id = $2", search_id, member_id
    )


async def unread(connection: Connection, version: str, *, limit: int) -> tuple[SavedSearch, ...]:
    """What no engine of this version has looked at."""
    rows = await connection.fetch(
        f"select {_SEARCH} from saved_search where analysis_version is distinct from $1"
        " order by created_at, search_id limit $2",
        version,
        limit,
    )
    return tuple(map(_search, rows))


async def store_analysis(
    connection: Connection, search: SavedSearch, analysis: Analysis | None, version: str
) -> None:
    """None marks words of which an encoder made no number."""
    if analysis is None:
        await connection.execute(
            "update saved_search set analysis_version = $2, unusable = true where search_id = $1",
            search.search_id,
            version,
        )
        return
    await connection.execute(
        f"update saved_search set (analysis_version, {_STORED})"
        " = row($2::text, $3, $4, $5, $6, $7, $8, $9, $10, $11), unusable = false"
        " where search_id = $1",
        search.search_id,
        *values_of(analysis),
    )


async def searches_for(
    connection: Connection, kind: ListingKind, version: str
) -> tuple[ReadSearch, ...]:
    """Every search for that kind of listing; one is read before it finds anything."""
    own = COLUMNS.replace("words,", "analysed_words as analysis_words,", 1)
    rows = await connection.fetch(
        f"select {_SEARCH}, unusable, {own} from saved_search"
        " where kind = $1 and analysis_version = $2 order by search_id",
        kind,
        version,
    )
    return tuple(_read(row, version) for row in rows)


async def enter(connection: Connection, listing_id: UUID, *, at: datetime, cause: Cause) -> None:
    """A listing enters once, whatever becomes of it later."""
    await connection.execute(
        "insert into entered_listing (listing_id, entered_at, correlation_id, caused_by,"
        " traceparent) values ($1, $2, $3, $4, $5) on conflict do nothing",
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


async def position_of(connection: Connection, postcode: str) -> Position | None:
    """The middle of what is known there, else of what is known in the region around."""
    for pattern in (postcode, f"{postcode[:3]}%"):
        row = await connection.fetchrow(_PLACE, OrganisationState.name, pattern)
        if row is not None and row["latitude"] is not None:
            return Position(latitude=row["latitude"], longitude=row["longitude"])
    return None


async def categories(connection: Connection) -> tuple[Category, ...]:
    """Every category that a listing was filed under, with its newest labels."""
    rows = await connection.fetch(_CATEGORIES)
    return tuple(Category.model_validate_json(row["category"]) for row in rows)


async def forget(connection: Connection, subject: UUID) -> None:
    await connection.execute("delete from saved_search where member_id = $1", subject)


def _search(row: Row) -> SavedSearch:
    return SavedSearch(
        search_id=row["search_id"],
        member_id=row["member_id"],
        revision=row["revision"],
        words=row["words"],
        language=Language(row["language"]),
        kind=ListingKind(row["kind"]),
        category=row["category"],
        around=_around(row),
        created_at=row["created_at"],
    )


def _around(row: Row) -> Around | None:
    if row["postcode"] is None:
        return None
    return Around(
        postcode=row["postcode"],
        position=Position(latitude=row["latitude"], longitude=row["longitude"]),
        radius_km=row["radius_km"],
    )


def _read(row: Row, version: str) -> ReadSearch:
    search = _search(row)
    if row["unusable"]:
        return ReadSearch(search=search, analysis=None)
    columns = {**row, "words": row["analysis_words"]}
    analysis = analysis_in(columns, version=version, kind=search.text().kind, category=ANY_CATEGORY)
    return ReadSearch(search=search, analysis=analysis)
