"""SQL of an import: rows go into a staging table, then among the members statement by statement."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database import Connection
from listings.erased.traces import Tracer
from listings.members.file_row import IncomingMember, said

_STAGE = """
    create temporary table incoming (
        line integer, new_id uuid, external_id text, organisation_external_id text,
        name text, email text, language text, role text, joins boolean default true, said jsonb
    ) on commit drop
"""
_LOCK_WISHES = """
    select from joining where member_id in (select id from member join incoming using (external_id))
    order by id for update
"""
_LOCK_ORGANISATIONS = """
    select from organisation where external_id in (select organisation_external_id from incoming)
    order by id for no key update
"""
_LOCK_MEMBERS = """
    select from member where external_id in (select external_id from incoming)
        or lower(email) in (select email from incoming)
    order by id for update
"""
_WITHOUT_MEMBERS = """
    select id from organisation
    where external_id in (select organisation_external_id from incoming where joins)
        and not exists (select from membership where organisation_id = organisation.id)
    order by id
"""
_KEEP_WHAT_IS_NO_NEWS = """
    update incoming
    set name = case when said -> 'name' ? (file_row ->> 'name')
            then member.name else incoming.name end,
        email = case when said -> 'email' ? (file_row ->> 'email')
            then lower(member.email) else incoming.email end,
        language = case when said -> 'language' ? (file_row ->> 'language')
            then member.language else incoming.language end,
        role = case when said -> 'role' ? (file_row ->> 'role') then 'member' else role end,
        joins = (said -> 'organisation' ? (file_row ->> 'organisation')) is not true
    from member where member.external_id = incoming.external_id
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
            then member.sessions_valid_from else date_trunc('second', greatest(
                excluded.sessions_valid_from, member.sessions_valid_from,
                (select max(used_at) from signin_nonce where member_id = member.id)
            )) + interval '1 second' end,
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
    where joins
    on conflict do nothing
    returning member_id
"""
_REMEMBER = """
    with newest as (
        select external_id, (select jsonb_object_agg(key, value -> 0) from jsonb_each(said)) as said
        from incoming)
    update member set file_row = newest.said from newest
    where member.external_id = newest.external_id and file_row is distinct from newest.said
"""


async def stage_members(
    connection: Connection, rows: Sequence[tuple[int, IncomingMember]], *, tracer: Tracer
) -> None:
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
            "said",
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
                json.dumps(said(row, tracer)),
            )
            for line, row in rows
        ],
    )


async def lock_known(connection: Connection) -> None:
    """Whoever the file names, what they wish for and whom they act for: in the order of all."""
    for lock in (_LOCK_WISHES, _LOCK_ORGANISATIONS, _LOCK_MEMBERS):
        await connection.execute(lock)


async def keep_what_is_no_news(connection: Connection) -> None:
    """A column that says what it said before leaves the member as they are by now."""
    await connection.execute(_KEEP_WHAT_IS_NO_NEWS)


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


async def moving_members(connection: Connection) -> tuple[UUID, ...]:
    """Those to whom the file gives another address."""
    rows = await connection.fetch(
        "select id from member join incoming using (external_id)"
        " where lower(member.email) <> incoming.email order by id"
    )
    return tuple(row["id"] for row in rows)


async def organisations_without_members(connection: Connection) -> tuple[UUID, ...]:
    """The organisations that get their first member by this import."""
    return tuple(row["id"] for row in await connection.fetch(_WITHOUT_MEMBERS))


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
    await connection.execute(_REMEMBER)
    return {**dict.fromkeys(joined, False), **written}
