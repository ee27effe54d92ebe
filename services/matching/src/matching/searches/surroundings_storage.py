"""The SQL of what is known of places and categories, one function a statement."""

from chassis.database import Connection
from matching.explanation import Position
from schemas.organisation import OrganisationState
from schemas.place import Category

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
