"""Contacts in PostgreSQL: one function a statement; whoever answers locks the row."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from listings.contacts.contact import Contact, ContactStatus
from schemas.vocabulary import DeclineReason, Language

_NAMES = tuple(field.name for field in fields(Contact))
_COLUMNS = ", ".join(_NAMES)
_VALUES = ", ".join(f"${number}" for number in range(1, len(_NAMES) + 1))
SELECT = f"select {_COLUMNS} from contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A contact that nobody of its owner can read yet."""

    organisation_name: str
    title: str
    language: str
    requested_at: datetime
    lapses_at: datetime


async def insert(connection: Connection, contact: Contact) -> bool:
    """Keep a new contact; False where the pair already has an open one."""
    inserted = await connection.fetchval(
        f"insert into contact ({_COLUMNS}) values ({_VALUES})"
        " on conflict (requesting_organisation_id, listing_id) where status = 'requested'"
        " do nothing returning true",
        *_row_of(contact),
    )
    return inserted is True


async def save(connection: Connection, contact: Contact) -> None:
    await connection.execute(
        "update contact set status = $2, revision = $3, answered_at = $4,"
        " answering_member_id = $5, reason = $6, explanation = $7, reminded_at = $8,"
        " withdrawn_at = $9 where id = $1",
        contact.id,
        contact.status,
        contact.revision,
        contact.answered_at,
        contact.answering_member_id,
        contact.reason,
        contact.explanation,
        contact.reminded_at,
        contact.withdrawn_at,
    )


async def contact(connection: Connection, contact_id: UUID) -> Contact | None:
    row = await connection.fetchrow(f"{SELECT} where id = $1", contact_id)
    return None if row is None else contact_of(row)


async def contact_for_update(connection: Connection, contact_id: UUID) -> Contact | None:
    row = await connection.fetchrow(f"{SELECT} where id = $1 for update", contact_id)
    return None if row is None else contact_of(row)


async def open_contacts_of(connection: Connection, organisation_id: UUID) -> tuple[Contact, ...]:
    rows = await connection.fetch(
        f"{SELECT} where $1 in (requesting_organisation_id, owning_organisation_id)"
        " and status = 'requested' order by id for update",
        organisation_id,
    )
    return tuple(contact_of(row) for row in rows)


async def open_contacts_asked_by(connection: Connection, member_id: UUID) -> tuple[Contact, ...]:
    rows = await connection.fetch(
        f"{SELECT} where requesting_member_id = $1 and status = 'requested' order by id for update",
        member_id,
    )
    return tuple(contact_of(row) for row in rows)


async def open_contact(
    connection: Connection, organisation_id: UUID, listing_id: UUID
) -> Contact | None:
    row = await connection.fetchrow(
        f"{SELECT} where requesting_organisation_id = $1 and listing_id = $2"
        " and status = 'requested'",
        organisation_id,
        listing_id,
    )
    return None if row is None else contact_of(row)


async def hold_sides(connection: Connection, organisation_id: UUID, listing_id: UUID) -> None:
    """Lock who asks and who is asked, before anything else and by id, whichever is which."""
    await connection.execute(
        "select from organisation"
        " where id = $1 or id = (select organisation_id from listing where id = $2)"
        " order by id for no key update",
        organisation_id,
        listing_id,
    )


async def acts_for(connection: Connection, organisation_id: UUID, member_id: UUID) -> bool:
    query = "select true from membership where organisation_id = $1 and member_id = $2"
    return await connection.fetchval(query, organisation_id, member_id) is True


async def hold_open_contact(
    connection: Connection, organisation_id: UUID, listing_id: UUID
) -> None:
    """Wait until whoever answers it has done so."""
    await connection.execute(
        "select from contact where requesting_organisation_id = $1 and listing_id = $2"
        " and status = 'requested' for update",
        organisation_id,
        listing_id,
    )


async def count_requested_since(
    connection: Connection, organisation_id: UUID, since: datetime
) -> int:
    count: int = await connection.fetchval(
        "select count(*) from contact where requesting_organisation_id = $1 and requested_at > $2",
        organisation_id,
        since,
    )
    return count


async def count_by_status(connection: Connection, status: ContactStatus) -> int:
    count: int = await connection.fetchval("select count(*) from contact where status = $1", status)
    return count


async def unread(connection: Connection) -> tuple[Unread, ...]:
    """To organisations without members, the longest waiting first; not what was written."""
    rows = await connection.fetch(
        "select organisation.name as organisation_name, listing_title as title,"
        " listing_language as language, requested_at, lapses_at"
        " from contact join organisation on organisation.id = owning_organisation_id"
        " where status = 'requested' and not exists ("
        " select from membership where membership.organisation_id = organisation.id)"
        " order by requested_at, contact.id"
    )
    return tuple(Unread(**row) for row in rows)


def _row_of(contact: Contact) -> list[object]:
    return [getattr(contact, name) for name in _NAMES]


def contact_of(row: Row) -> Contact:
    typed = {
        "status": ContactStatus(row["status"]),
        "listing_language": Language(row["listing_language"]),
        "reason": row["reason"] and DeclineReason(row["reason"]),
    }
    return Contact(**{name: row[name] for name in _NAMES} | typed)
