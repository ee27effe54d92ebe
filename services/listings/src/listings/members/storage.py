"""SQL of members, one function a statement."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from chassis.database import Connection, Row
from listings.members.address_storage import hand_former_addresses_to_erasure_list
from listings.members.member import Member
from listings.members.nonce_storage import delete_nonces_of
from schemas.frame import OPERATORS
from schemas.vocabulary import Language, Role

_SELECT = """
    select member.*, array(
        select organisation_id from membership
        where member_id = member.id order by joined_at, organisation_id
    ) as organisation_ids
    from member
"""


def _member_of(row: Row) -> Member:
    return Member(
        id=row["id"],
        external_id=row["external_id"],
        name=row["name"],
        email=row["email"],
        language=Language(row["language"]),
        roles=tuple(Role(role) for role in row["roles"]),
        organisation_ids=tuple(row["organisation_ids"]),
        sessions_valid_from=row["sessions_valid_from"],
        revision=row["revision"],
    )


async def member(connection: Connection, member_id: UUID) -> Member | None:
    row = await connection.fetchrow(f"{_SELECT} where id = $1", member_id)
    return None if row is None else _member_of(row)


async def member_for_update(connection: Connection, member_id: UUID) -> Member | None:
    """Read once the row is held: the same statement would show memberships of before the wait."""
    await connection.execute("select from member where id = $1 for update", member_id)
    return await member(connection, member_id)


async def members(connection: Connection, member_ids: Sequence[UUID]) -> tuple[Member, ...]:
    rows = await connection.fetch(f"{_SELECT} where id = any($1::uuid[])", list(member_ids))
    return tuple(map(_member_of, rows))


async def member_by_email(connection: Connection, email: str) -> Member | None:
    row = await connection.fetchrow(f"{_SELECT} where lower(email) = lower($1)", email)
    return None if row is None else _member_of(row)


async def member_by_email_for_update(connection: Connection, email: str) -> Member | None:
    """Whoever has it now and keeps it until the transaction ends."""
    query = "select id from member where lower(email) = lower($1) for update"
    member_id = await connection.fetchval(query, email)
    return None if member_id is None else await member(connection, member_id)


async def members_of_organisation(
    connection: Connection, organisation_id: UUID
) -> tuple[Member, ...]:
    query = (
        f"{_SELECT} join membership own on own.member_id = member.id"
        " where own.organisation_id = $1 order by own.joined_at, member.id"
    )
    return tuple(map(_member_of, await connection.fetch(query, organisation_id)))


async def operators(connection: Connection) -> tuple[Member, ...]:
    query = f"{_SELECT} where roles && $1::text[] order by lower(name), id"
    return tuple(map(_member_of, await connection.fetch(query, sorted(OPERATORS))))


async def members_with_for_update(connection: Connection, role: Role) -> tuple[Member, ...]:
    query = f"{_SELECT} where $1 = any(roles) order by id for update of member"
    return tuple(map(_member_of, await connection.fetch(query, role)))


async def all_members(connection: Connection) -> AsyncIterator[Member]:
    async for row in connection.cursor(f"{_SELECT} order by id"):
        yield _member_of(row)


async def insert_member(connection: Connection, member: Member) -> bool:
    """Whether the address was nobody's; waits for whoever is getting it at the same moment."""
    inserted = await connection.fetchval(
        "insert into member"
        " (id, external_id, name, email, language, roles, sessions_valid_from, revision)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)"
        " on conflict (lower(email)) do nothing returning true",
        member.id,
        member.external_id,
        member.name,
        member.email,
        member.language,
        list(member.roles),
        member.sessions_valid_from,
        member.revision,
    )
    return inserted is True


async def save_member(connection: Connection, member: Member) -> None:
    await connection.execute(
        "update member set name = $2, email = $3, language = $4, roles = $5,"
        " sessions_valid_from = $6, revision = $7 where id = $1",
        member.id,
        member.name,
        member.email,
        member.language,
        list(member.roles),
        member.sessions_valid_from,
        member.revision,
    )


async def insert_memberships(
    connection: Connection, member_id: UUID, organisation_ids: Sequence[UUID]
) -> None:
    await connection.execute(
        "insert into membership (member_id, organisation_id)"
        " select $1, unnest($2::uuid[]) on conflict do nothing",
        member_id,
        list(organisation_ids),
    )


async def delete_membership(connection: Connection, member_id: UUID, organisation_id: UUID) -> None:
    await connection.execute(
        "delete from membership where member_id = $1 and organisation_id = $2",
        member_id,
        organisation_id,
    )


async def asked_at_address_of(connection: Connection, member_id: UUID) -> tuple[UUID, ...]:
    """Registrations under the member's address, and whoever's wishes to move to it."""
    rows = await connection.fetch(
        "with own as (select lower(email) as email from member where id = $1)"
        " select id from joining where lower(email) = (select email from own)"
        " union all select id from address_change where email = (select email from own)",
        member_id,
    )
    return tuple(row["id"] for row in rows)


async def delete_member(connection: Connection, member_id: UUID) -> None:
    await hand_former_addresses_to_erasure_list(connection, member_id)
    await delete_nonces_of(connection, member_id)
    for table in ("joining", "registration", "address_change"):
        await connection.execute(
            f"delete from {table} where lower(email) ="
            " (select lower(email) from member where id = $1)",
            member_id,
        )
    await connection.execute("delete from member where id = $1", member_id)
