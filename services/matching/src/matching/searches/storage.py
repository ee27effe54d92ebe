"""The SQL of saved searches and what enters, one function a statement."""

from uuid import UUID

from chassis.database import Connection, Row
from matching.analysed_columns import COLUMNS, analysis_in, columns_of
from matching.analysis import Analysis
from matching.explanation import Position
from matching.searches.search import ANY_CATEGORY, Around, ReadSearch, SavedSearch
from schemas.member import MemberState
from schemas.vocabulary import Language, ListingKind

_SEARCH = (
    "search_id, member_id, revision, words, language, kind, category, postcode, latitude,"
    " longitude, radius_km, created_at"
)
# The words of the analysis; `words` are the member's own.
_STORED = COLUMNS.replace("words,", "analysed_words,", 1)


async def is_saved(connection: Connection, search: SavedSearch) -> bool:
    """Whether the member saved the same search before."""
    around = search.around
    found: bool = await connection.fetchval(
        "select exists (select from saved_search where member_id = $1 and words = $2 and kind = $3"
        " and (category, postcode, radius_km) is not distinct from ($4::text, $5::text, $6::int))",
        search.member_id,
        search.words,
        search.kind,
        search.category,
        None if around is None else around.postcode,
        None if around is None else around.radius_km,
    )
    return found


async def add(connection: Connection, search: SavedSearch) -> None:
    around = search.around
    await connection.execute(
        f"insert into saved_search ({_SEARCH})"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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


async def lock_member(connection: Connection, member_id: UUID) -> bool:
    """Until the transaction ends the member is not erased and saves one search at a time."""
    found: bool | None = await connection.fetchval(
        "select true from state_copy where name = $1 and id = $2 and payload is not null"
        " for update",
        MemberState.name,
        member_id,
    )
    return found is True


async def count_of(connection: Connection, member_id: UUID) -> int:
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
        analysis.version,
        *columns_of(analysis),
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
