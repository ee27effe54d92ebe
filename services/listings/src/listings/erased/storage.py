"""The erasure list in PostgreSQL: one function a statement; nothing is ever taken off it."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Connection
from listings.erased.entry import Entry, Noun

_BACK = "(select id from erased)"
_ORGANISATIONS = f"""
    (select id from organisation where id in {_BACK} or id in (
        select organisation_id from membership where member_id in {_BACK}))
"""

# In the order that stands where organisations are stored. Who writes for one of them needs its row,
# so that what is locked later misses nothing.
_HOLD_THOSE_BACK = (
    f"""
    select from joining where organisation_id in {_BACK} or member_id in {_BACK}
        or lower(email) in (select lower(email) from member where id in {_BACK})
    order by id for update
    """,
    f"select from organisation where id in {_ORGANISATIONS} order by id for update",
    f"""
    select from contact where requesting_organisation_id in {_ORGANISATIONS}
        or owning_organisation_id in {_ORGANISATIONS}
        or requesting_member_id in {_BACK} or answering_member_id in {_BACK}
    order by id for update
    """,
    f"""
    select from member where id in {_BACK}
        or id in (select member_id from membership where organisation_id in {_BACK})
    order by id for update
    """,
    f"select from listing where organisation_id in {_ORGANISATIONS} order by id for update",
    f"""
    select from unreachable_pause where organisation_id in {_ORGANISATIONS}
    order by listing_id for update
    """,
)


async def add(connection: Connection, entry: Entry) -> None:
    await connection.execute(
        "insert into erased (id, noun, erased_at) values ($1, $2, $3) on conflict do nothing",
        entry.id,
        entry.noun,
        entry.erased_at,
    )
    await connection.execute(
        "insert into erased_trace (trace, erased_id) select unnest($2::bytea[]), $1"
        " on conflict do nothing",
        entry.id,
        list(entry.traces),
    )


async def entries(connection: Connection) -> tuple[Entry, ...]:
    """The whole list, the oldest first."""
    rows = await connection.fetch(
        "select id, noun, erased_at, array(select trace from erased_trace"
        " where erased_id = erased.id order by trace) as traces from erased order by erased_at, id"
    )
    return tuple(
        Entry(
            id=row["id"],
            noun=row["noun"],
            erased_at=row["erased_at"],
            traces=tuple(row["traces"]),
        )
        for row in rows
    )


async def known_traces(connection: Connection, traces: Sequence[bytes]) -> frozenset[bytes]:
    rows = await connection.fetch(
        "select trace from erased_trace where trace = any($1::bytea[])", list(traces)
    )
    return frozenset(row["trace"] for row in rows)


async def hold_those_back(connection: Connection) -> None:
    """Lock all that erasing them one after another will, before the first of them."""
    for statement in _HOLD_THOSE_BACK:
        await connection.execute(statement)


async def come_back(connection: Connection, noun: Noun) -> tuple[UUID, ...]:
    """Whoever is on the list and there all the same, as after a restore."""
    rows = await connection.fetch(
        f"select id from erased join {noun} using (id) where noun = $1 order by id", noun
    )
    return tuple(row["id"] for row in rows)
