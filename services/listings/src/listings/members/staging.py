"""SQL of an import: rows go into a staging table, then among the members statement by statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database import Connection
from schemas.vocabulary import Language, Role


class IncomingMember(Protocol):
    """What a row of the file says."""

    @property
    def external_id(self) -> str: ...
    @property
    def organisation_external_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def language(self) -> Language: ...
    @property
    def role(self) -> Role: ...


_STAGE = """
    create temporary table incoming (
        line integer, new_id uuid, external_id text, organisation_external_id text,
        name text, email text, language text, role text
    ) on commit drop
"""
_MERGE_MEMBERS = """
    insert into member
        (id, external_id, name, email, language, roles, sessions_valid_from, revision)
    select new_id, external_id, name, email, language,
        case when role = 'member' then '{member}' else array['member', role] end, $1, $2
    from incoming order by external_id
    on conflict (external_id) do update
    set name = excluded.name, email = excluded.email, language = excluded.language,
        roles = case when member.roles @> excluded.roles then member.roles
                else member.roles || excluded.roles[2:] end,
        sessions_valid_from = case when lower(member.email) = lower(excluded.email)
            then member.sessions_valid_from else excluded.sessions_valid_from end,
        unreachable_since = case when lower(member.email) = lower(excluded.email)
            then member.unreachable_since end,
        revision = greatest(member.revision + 1, excluded.revision)
    where (member.name, lower(member.email), member.language)
            is distinct from (excluded.name, lower(excluded.email), excluded.language)
        or not member.roles @> excluded.roles
    returning id, xmax = 0 as is_new
"""
_MERGE_MEMBERSHIPS = """
    insert into membership (member_id, organisation_id)
    select member.id, organisation.id
    from incoming
    join member using (external_id)
    join organisation on organisation.external_id = incoming.organisation_external_id
    on conflict do nothing
    returning member_id
"""


async def stage_members(connection: Connection, rows: Sequence[tuple[int, IncomingMember]]) -> None:
    await connection.execute(_STAGE)
    await connection.copy_records_to_table(
        "incoming",
        columns=(
            "line",
            "new_id",
            "external_id",
            "organisation_external_id",
            "name",
            "email",
            "language",
            "role",
        ),
        records=[
            (
                line,
                uuid7(),
                row.external_id,
                row.organisation_external_id,
                row.name,
                row.email.lower(),
                row.language,
                row.role,
            )
            for line, row in rows
        ],
    )


async def lines_of_unknown_organisations(connection: Connection) -> tuple[int, ...]:
    rows = await connection.fetch(
        "select line from incoming where not exists ("
        " select from organisation where external_id = incoming.organisation_external_id)"
    )
    return tuple(row["line"] for row in rows)


async def lines_of_taken_emails(connection: Connection) -> tuple[int, ...]:
    """Lines whose address belongs to a member who is not the one of the line."""
    rows = await connection.fetch(
        "select line from incoming join member on lower(member.email) = incoming.email"
        " where member.external_id is distinct from incoming.external_id"
    )
    return tuple(row["line"] for row in rows)


async def lock_organisations_without_members(connection: Connection) -> tuple[UUID, ...]:
    """The organisations that get their first member by this import."""
    rows = await connection.fetch(
        "select id from organisation"
        " where external_id in (select organisation_external_id from incoming)"
        " and not exists (select from membership where organisation_id = organisation.id)"
        " order by id for update"
    )
    return tuple(row["id"] for row in rows)


async def merge_members(
    connection: Connection, *, now: datetime, revision: int
) -> Mapping[UUID, bool]:
    """Add or change what differs; the ids of what was written, and whether each is new."""
    rows = await connection.fetch(_MERGE_MEMBERS, now, revision)
    written: dict[UUID, bool] = {row["id"]: row["is_new"] for row in rows}
    joined = {row["member_id"] for row in await connection.fetch(_MERGE_MEMBERSHIPS)}
    await connection.execute(
        "update member set revision = greatest(revision + 1, $2) where id = any($1::uuid[])",
        list(joined - written.keys()),
        revision,
    )
    return {**dict.fromkeys(joined, False), **written}
