"""SQL of registrations, one function a statement.

What is deleted here is deleted from the table of the release before, too, which a copy came from.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from listings.members.admission import spellings
from listings.members.namesakes import Candidate
from listings.members.registration import Registration
from schemas.vocabulary import Language, OrganisationKind, SizeClass

_COLUMNS = tuple(field.name for field in fields(Registration))
_SELECT = f"select {', '.join(_COLUMNS)} from joining"
_OWN = "select id from joining where member_id = $1 order by id for update"
_NEW_ORGANISATION_LOCK = 0x6E65776F7267
_HOST = r"split_part(regexp_replace(lower(website), '^https?://(www\.)?', ''), '/', 1)"


def _registration_of(row: Row) -> Registration:
    values = dict(row)
    values["language"] = Language(row["language"])
    values["organisation_kind"] = OrganisationKind(row["organisation_kind"])
    values["organisation_size_class"] = SizeClass(row["organisation_size_class"])
    return Registration(**values)


async def insert_registration(connection: Connection, registration: Registration) -> None:
    places = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
    await connection.execute(
        f"insert into joining ({', '.join(_COLUMNS)}) values ({places})",
        *(getattr(registration, name) for name in _COLUMNS),
    )


async def unverified_by_email(connection: Connection, email: str) -> Registration | None:
    """The latest that waits to be verified."""
    row = await connection.fetchrow(
        f"{_SELECT} where lower(email) = lower($1) and verified_at is null"
        " order by requested_at desc, id limit 1",
        email,
    )
    return None if row is None else _registration_of(row)


async def unverified(connection: Connection, registration_id: UUID) -> Registration | None:
    row = await connection.fetchrow(
        f"{_SELECT} where id = $1 and verified_at is null", registration_id
    )
    return None if row is None else _registration_of(row)


async def unverified_for_update(
    connection: Connection, registration_id: UUID
) -> Registration | None:
    """The registration, with all of its address locked: two links verify one after the other."""
    rows = await connection.fetch(
        f"{_SELECT} where verified_at is null and lower(email) ="
        " (select lower(email) from joining where id = $1) order by id for update",
        registration_id,
    )
    found = (_registration_of(row) for row in rows if row["id"] == registration_id)
    return next(found, None)


async def verified_for_update(connection: Connection, registration_id: UUID) -> Registration | None:
    row = await connection.fetchrow(
        f"{_SELECT} where id = $1 and member_id is not null for update", registration_id
    )
    return None if row is None else _registration_of(row)


async def is_kept(connection: Connection, registration_id: UUID) -> bool:
    """Whether anybody still waits under this id, verified or not."""
    kept: bool = await connection.fetchval(
        "select exists (select from joining where id = $1)", registration_id
    )
    return kept


async def verified_registrations(connection: Connection) -> tuple[Registration, ...]:
    rows = await connection.fetch(f"{_SELECT} where member_id is not null order by verified_at, id")
    return tuple(map(_registration_of, rows))


async def verified_for(
    connection: Connection, organisation_ids: Sequence[UUID]
) -> tuple[Registration, ...]:
    rows = await connection.fetch(
        f"{_SELECT} where member_id is not null and organisation_id = any($1::uuid[])"
        " order by verified_at, id",
        list(organisation_ids),
    )
    return tuple(map(_registration_of, rows))


async def verified_of_member(connection: Connection, member_id: UUID) -> tuple[Registration, ...]:
    rows = await connection.fetch(
        f"{_SELECT} where member_id = $1 order by verified_at, id", member_id
    )
    return tuple(map(_registration_of, rows))


async def correct_wishes(
    connection: Connection, member_id: UUID, *, name: str, language: Language
) -> None:
    await connection.execute(
        f"with held as ({_OWN}) update joining set name = $2, language = $3"
        " from held where joining.id = held.id",
        member_id,
        name,
        language,
    )


async def move_wishes(connection: Connection, member_id: UUID, *, email: str) -> None:
    await connection.execute(
        "with former as (delete from registration where lower(email) ="
        f" (select lower(email) from member where id = $1)), held as ({_OWN})"
        " update joining set email = $2 from held where joining.id = held.id",
        member_id,
        email,
    )


async def follow_members(
    connection: Connection, member_ids: Sequence[UUID], *, left: Sequence[str]
) -> None:
    """What members wish for is under their names, addresses and languages of now."""
    await connection.execute(
        "with former as (delete from registration where lower(email) = any($2::text[]))"
        " update joining set name = member.name, email = member.email, language = member.language"
        " from member where member.id = joining.member_id and member.id = any($1::uuid[])",
        list(member_ids),
        [email.lower() for email in left],
    )


async def mark_verified(
    connection: Connection, registration_id: UUID, *, member_id: UUID, now: datetime
) -> None:
    await connection.execute(
        "update joining set member_id = $2, verified_at = $3 where id = $1",
        registration_id,
        member_id,
        now,
    )


async def delete_registration(connection: Connection, registration_id: UUID) -> None:
    await connection.execute(
        "with former as (delete from registration where id = $1) delete from joining where id = $1",
        registration_id,
    )


async def delete_unverified_of(connection: Connection, email: str) -> tuple[UUID, ...]:
    """What events say of the dropped is for the caller to blank."""
    rows = await connection.fetch(
        "with former as (delete from registration where lower(email) = lower($1)"
        " and verified_at is null)"
        " delete from joining where lower(email) = lower($1) and verified_at is null"
        " returning id",
        email,
    )
    return tuple(row["id"] for row in rows)


async def forget_unverified(connection: Connection, *, before: datetime) -> None:
    await connection.execute(
        "with former as (delete from registration where verified_at is null"
        " and requested_at < $1)"
        " delete from joining where verified_at is null and requested_at < $1",
        before,
    )


async def candidates(
    connection: Connection, *, name: str, postcode: str, domain: str | None
) -> tuple[Candidate, ...]:
    """The organisations of the directory of this name or at this domain, the oldest first."""
    at_domain = f"(lower(email_domain) = any($3::text[]) or {_HOST} = any($3::text[]))"
    rows = await connection.fetch(
        "select id, lower(name) = lower($1) as is_named, postcode is not distinct from $2 as"
        f" is_near, coalesce({at_domain}, false) as is_at_domain"
        f" from organisation where lower(name) = lower($1) or {at_domain} order by id",
        name,
        postcode,
        sorted(spellings(domain)),
    )
    return tuple(Candidate(**row) for row in rows)


async def hold_directory(connection: Connection) -> None:
    """Two who add the same organisation wait for each other."""
    await connection.execute("select pg_advisory_xact_lock($1)", _NEW_ORGANISATION_LOCK)
