"""What time does to contacts: the owner is reminded once, and silence ends a contact."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from chassis.sweeps import Reach
from listings.contacts import due, events, storage
from listings.contacts.contact import Contact, ContactStatus
from listings.organisations.queries import organisations_of
from listings.outbox import outbox

AT_A_TIME = 500


async def remind_owners(connection: Connection, now: datetime, cause: Cause) -> None:
    """Tell the owner of a listing that somebody still waits for an answer."""
    waiting = await due.unreminded(connection, now, limit=AT_A_TIME)
    names = await _names_of_requesters(connection, waiting)
    for contact in waiting:
        if not contact.is_reminder_due(now):
            continue
        reminded = contact.reminded(at=now)
        await storage.save(connection, reminded)
        name = names.get(contact.requesting_organisation_id)
        said = events.contact_answer_due(reminded, organisation_name=name, at=now)
        await outbox.append(connection, said, cause=cause)


async def lapse_contacts(connection: Connection, now: datetime, cause: Cause) -> None:
    """Close what nobody answered in time, at the earliest a day after the reminder."""
    for contact in await due.overdue(connection, now, limit=AT_A_TIME):
        if contact.has_lapsed(now):
            await lapse(connection, contact, now=now, cause=cause)


async def lapse(connection: Connection, contact: Contact, *, now: datetime, cause: Cause) -> None:
    lapsed = contact.lapsed(at=now)
    await storage.save(connection, lapsed)
    await outbox.append(connection, events.contact_lapsed(lapsed, at=now), cause=cause)


async def reach_of_lapse(connection: Connection, now: datetime) -> Reach:
    live = await storage.count_by_status(connection, ContactStatus.REQUESTED)
    return Reach(due=await due.count_overdue(connection, now), live=live)


async def _names_of_requesters(
    connection: Connection, contacts: Sequence[Contact]
) -> Mapping[UUID, str]:
    ids = {contact.requesting_organisation_id for contact in contacts}
    return {each.id: each.name for each in await organisations_of(connection, list(ids))}
