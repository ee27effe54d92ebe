"""SQL of registrations, one function a statement."""

from dataclasses import fields
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from listings.members.registration import Registration
from schemas.vocabulary import Language, OrganisationKind, SizeClass

_COLUMNS = tuple(field.name for field in fields(Registration))
_SELECT = f"select {', '.join(_COLUMNS)} from registration"


def _registration_of(row: Row) -> Registration:
    values = dict(row)
    values["language"] = Language(row["language"])
    values["organisation_kind"] = OrganisationKind(row["organisation_kind"])
    values["organisation_size_class"] = SizeClass(row["organisation_size_class"])
    return Registration(**values)


async def keep_registration(connection: Connection, registration: Registration) -> None:
    """A later registration with the same address replaces an earlier one; its id stays."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "id")
    places = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
    await connection.execute(
        f"insert into registration ({', '.join(_COLUMNS)}) values ({places})"
        f" on conflict (lower(email)) do update set {updates}",
        *(getattr(registration, name) for name in _COLUMNS),
    )


async def registration_by_email(connection: Connection, email: str) -> Registration | None:
    row = await connection.fetchrow(f"{_SELECT} where lower(email) = lower($1)", email)
    return None if row is None else _registration_of(row)


async def registration_for_update(
    connection: Connection, registration_id: UUID
) -> Registration | None:
    row = await connection.fetchrow(f"{_SELECT} where id = $1 for update", registration_id)
    return None if row is None else _registration_of(row)


async def verified_registrations(connection: Connection) -> tuple[Registration, ...]:
    rows = await connection.fetch(
        f"{_SELECT} where verified_at is not null order by verified_at, id"
    )
    return tuple(map(_registration_of, rows))


async def mark_verified(connection: Connection, registration_id: UUID, now: datetime) -> None:
    await connection.execute(
        "update registration set verified_at = $2 where id = $1", registration_id, now
    )


async def delete_registration(connection: Connection, registration_id: UUID) -> None:
    await connection.execute("delete from registration where id = $1", registration_id)


async def forget_unverified(connection: Connection, *, before: datetime) -> None:
    await connection.execute(
        "delete from registration where verified_at is null and requested_at < $1", before
    )


async def directory_entry(connection: Connection, *, name: str, email: str) -> UUID | None:
    """The organisation of the directory that a person most probably means: same name or domain."""
    found: UUID | None = await connection.fetchval(
        "select id from organisation"
        " where lower(name) = lower($1) or lower(email_domain) = lower($2)"
        " order by lower(name) = lower($1) desc, id limit 1",
        name,
        email.rpartition("@")[2],
    )
    return found
