"""SQL of organisations, one function a statement.

Whoever locks rows of several kinds locks wishes to join first, then organisations, contacts,
members, listings and the pauses of listings, those of one kind by id: one of two waits for the
other, never both.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from uuid import UUID

from chassis.database import Connection, Row
from listings.organisations.organisation import Organisation, Profile
from schemas.vocabulary import OrganisationKind, SizeClass

BY_NAME = r"""
    lower(regexp_replace(
        normalize(replace(organisation.name, 'ß', 'ss'), NFD), '[\u0300-\u036f]', '', 'g'
    )), organisation.name, organisation.id
"""
"""As people read: Ä beside A, ß as ss, whatever the case. Not every PostgreSQL has ICU for it."""

PROFILE_COLUMNS = tuple(field.name for field in fields(Profile))
_SELECT = """
    select organisation.*, exists (
        select from membership where membership.organisation_id = organisation.id
    ) as has_members
    from organisation
"""


def profile_of(row: Row) -> Profile:
    values = {column: row[column] for column in PROFILE_COLUMNS}
    kinds = {
        "kind": OrganisationKind(row["kind"]),
        "size_class": SizeClass(row["size_class"]),
    }
    return Profile(**(values | kinds))


def _organisation_of(row: Row) -> Organisation:
    return Organisation(
        id=row["id"],
        external_id=row["external_id"],
        profile=profile_of(row),
        is_trusted=row["is_trusted"],
        has_members=row["has_members"],
        revision=row["revision"],
    )


async def organisation(connection: Connection, organisation_id: UUID) -> Organisation | None:
    row = await connection.fetchrow(f"{_SELECT} where id = $1", organisation_id)
    return None if row is None else _organisation_of(row)


async def organisation_for_update(
    connection: Connection, organisation_id: UUID
) -> Organisation | None:
    """With its row locked against other changes, not against those who only need it to stay.

    Read once the row is held: the same statement would tell of members of before the wait.
    """
    lock = "select from organisation where id = $1 for no key update"
    await connection.execute(lock, organisation_id)
    return await organisation(connection, organisation_id)


async def organisation_for_removal(
    connection: Connection, organisation_id: UUID
) -> Organisation | None:
    """With its row locked against everybody: who writes for it ends first, or finds it gone."""
    await connection.execute("select from organisation where id = $1 for update", organisation_id)
    return await organisation(connection, organisation_id)


async def stays(connection: Connection, organisation_id: UUID) -> bool:
    """Whether it is there, which from now on holds until the transaction ends."""
    query = "select true from organisation where id = $1 for key share"
    return await connection.fetchval(query, organisation_id) is True


async def hold_wishes_for(connection: Connection, organisation_id: UUID) -> None:
    """Wait for whoever decides on those who want to act for it."""
    await connection.execute(
        "select from joining where organisation_id = $1 order by id for update", organisation_id
    )


async def hold_wishes_of(connection: Connection, member_id: UUID) -> None:
    """Wait for whoever decides for whom the person may act."""
    await connection.execute(
        "select from joining where member_id = $1"
        " or lower(email) = (select lower(email) from member where id = $1)"
        " order by id for update",
        member_id,
    )


async def hold_owner(connection: Connection, listing_id: UUID) -> None:
    """The organisation of a listing stays until the transaction ends, or is gone already."""
    await connection.execute(
        "select from organisation"
        " where id = (select organisation_id from listing where id = $1) for key share",
        listing_id,
    )


async def hold_members(connection: Connection, organisation_id: UUID) -> None:
    """Lock whoever acts for it against other changes."""
    await connection.execute(
        "select from member where id in"
        " (select member_id from membership where organisation_id = $1)"
        " order by id for no key update",
        organisation_id,
    )


async def organisations(
    connection: Connection, organisation_ids: Sequence[UUID]
) -> tuple[Organisation, ...]:
    query = f"{_SELECT} where id = any($1::uuid[]) order by {BY_NAME}"
    rows = await connection.fetch(query, list(organisation_ids))
    return tuple(map(_organisation_of, rows))


async def organisations_of_member(
    connection: Connection, member_id: UUID
) -> tuple[Organisation, ...]:
    query = (
        f"{_SELECT} join membership own on own.organisation_id = organisation.id"
        f" where own.member_id = $1 order by {BY_NAME}"
    )
    return tuple(map(_organisation_of, await connection.fetch(query, member_id)))


async def organisations_named(
    connection: Connection, name: str, *, limit: int
) -> tuple[Organisation, ...]:
    """Those whose name holds the text, the shortest names first."""
    query = (
        f"{_SELECT} where position(lower($1) in lower(name)) > 0"
        f" order by length(name), {BY_NAME} limit $2"
    )
    return tuple(map(_organisation_of, await connection.fetch(query, name, limit)))


async def all_organisations(connection: Connection) -> AsyncIterator[Organisation]:
    async for row in connection.cursor(f"{_SELECT} order by id"):
        yield _organisation_of(row)


async def insert_organisation(connection: Connection, organisation: Organisation) -> None:
    profile = [getattr(organisation.profile, column) for column in PROFILE_COLUMNS]
    places = ", ".join(f"${number}" for number in range(1, len(profile) + 5))
    await connection.execute(
        "insert into organisation (id, external_id, is_trusted, revision,"
        f" {', '.join(PROFILE_COLUMNS)}) values ({places})",
        organisation.id,
        organisation.external_id,
        organisation.is_trusted,
        organisation.revision,
        *profile,
    )


async def organisation_id_of(connection: Connection, key: str) -> UUID | None:
    """By its id or by the external id of an import."""
    found: UUID | None = await connection.fetchval(
        "select id from organisation where id::text = lower($1) or external_id = $1", key
    )
    return found


async def delete_organisation(connection: Connection, organisation_id: UUID) -> None:
    await connection.execute("delete from organisation where id = $1", organisation_id)


async def set_revision(connection: Connection, organisation_id: UUID, revision: int) -> None:
    await connection.execute(
        "update organisation set revision = $2 where id = $1", organisation_id, revision
    )


async def set_trusted(connection: Connection, organisation_id: UUID) -> None:
    await connection.execute(
        "update organisation set is_trusted = true where id = $1", organisation_id
    )
