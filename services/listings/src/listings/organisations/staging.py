"""SQL of an import: rows go into a staging table, then into the directory by one statement."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.database import Connection
from listings.organisations.organisation import Profile
from listings.organisations.storage import PROFILE_COLUMNS

_COLUMNS = ", ".join(PROFILE_COLUMNS)
_INCOMING = ", ".join(f"incoming.{column}" for column in PROFILE_COLUMNS)
_EXCLUDED = ", ".join(f"excluded.{column}" for column in PROFILE_COLUMNS)
_KNOWN = ", ".join(f"organisation.{column}" for column in PROFILE_COLUMNS)

_STAGE = f"""
    create temporary table incoming on commit drop as
    select id, external_id, {_COLUMNS} from organisation with no data
"""
_LOCK = f"""
    select organisation.id, ({_KNOWN}) is distinct from ({_INCOMING}) as changes
    from organisation join incoming using (external_id)
    order by organisation.id for no key update of organisation
"""
_MERGE = f"""
    insert into organisation (id, external_id, revision, {_COLUMNS})
    select incoming.id, incoming.external_id, $1, {_INCOMING}
    from incoming order by incoming.external_id
    on conflict (external_id) do update
    set ({_COLUMNS}) = ({_EXCLUDED}),
        revision = greatest(organisation.revision + 1, excluded.revision)
    where ({_KNOWN}) is distinct from ({_EXCLUDED})
    returning id, xmax = 0 as is_new
"""


async def stage_organisations(
    connection: Connection, incoming: Sequence[tuple[UUID, str, Profile]]
) -> None:
    """Put new ids, external ids and profiles beside the directory; gone with the transaction."""
    await connection.execute(_STAGE)
    await connection.copy_records_to_table(
        "incoming",
        columns=("id", "external_id", *PROFILE_COLUMNS),
        records=[
            (new_id, external_id, *(getattr(profile, column) for column in PROFILE_COLUMNS))
            for new_id, external_id, profile in incoming
        ],
    )


async def lock_changing(connection: Connection) -> tuple[UUID, ...]:
    """The organisations that the merge will change, none of which can change before it."""
    rows = await connection.fetch(_LOCK)
    return tuple(row["id"] for row in rows if row["changes"])


async def merge_staged(connection: Connection, *, revision: int) -> Mapping[UUID, bool]:
    """Add or change what differs; the ids of what was written, and whether each is new."""
    rows = await connection.fetch(_MERGE, revision)
    return {row["id"]: row["is_new"] for row in rows}
