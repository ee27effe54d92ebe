"""A service's own copies of what others own, fed by state events.

A copy is written only by a higher revision, and a deletion leaves a gravestone (a copy without
payload), so that a late older record revives nothing. The same revision mends a copy that differs:
so a topic that is read again puts right what went wrong here.
"""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Connection
from chassis.envelope import Gone
from chassis.event import E, Event

_KEEP = """
    insert into state_copy (name, id, revision, payload, subjects)
    select distinct on (id) $1, id, revision, payload::jsonb, subjects::uuid[]
    from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[]) with ordinality
        as incoming (id, revision, payload, subjects, n)
    order by id, revision desc, n desc
    on conflict (name, id) do update
    set revision = excluded.revision, payload = excluded.payload, subjects = excluded.subjects
    where state_copy.revision < excluded.revision
        or state_copy.revision = excluded.revision
        and state_copy.payload is not null and excluded.payload is not null
        and (state_copy.payload, state_copy.subjects)
            is distinct from (excluded.payload, excluded.subjects)
"""


async def keep(connection: Connection, states: Sequence[Event | Gone]) -> None:
    """Keep the newest of these states and gravestones, all of one class.

    Their rows are locked in the order of their ids, so that no two readers wait for each other.
    """
    if states:
        name = states[0].state.name if isinstance(states[0], Gone) else states[0].name
        columns = zip(*map(_values, states), strict=True)
        await connection.execute(_KEEP, name, *map(list, columns))


def _values(state: Event | Gone) -> tuple[UUID, int, str | None, str]:
    if isinstance(state, Gone):
        return state.id, state.revision, None, "{}"
    subjects = "{" + ",".join(map(str, state.subjects())) + "}"
    return state.aggregate_id(), state.revision, state.model_dump_json(), subjects


async def find(connection: Connection, state: type[E], aggregate_id: UUID) -> E | None:
    payload = await connection.fetchval(
        "select payload from state_copy where name = $1 and id = $2", state.name, aggregate_id
    )
    return None if payload is None else state.model_validate_json(payload)


async def find_many(
    connection: Connection, state: type[E], aggregate_ids: Sequence[UUID]
) -> tuple[E, ...]:
    rows = await connection.fetch(
        "select payload from state_copy"
        " where name = $1 and id = any($2::uuid[]) and payload is not null order by id",
        state.name,
        list(aggregate_ids),
    )
    return tuple(state.model_validate_json(row["payload"]) for row in rows)


async def containing(connection: Connection, state: type[E], fragment: str) -> tuple[E, ...]:
    """All copies whose JSON contains the given JSON (PostgreSQL's ``@>``)."""
    rows = await connection.fetch(
        "select payload from state_copy where name = $1 and payload @> $2::jsonb order by id",
        state.name,
        fragment,
    )
    return tuple(state.model_validate_json(row["payload"]) for row in rows)
