"""Bringing two sides together because one said yes to a broker, and taking that back."""

from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import events, storage
from listings.contacts.commands import keep_new, locked, requested
from listings.contacts.contact import Contact
from listings.listing.listing import Listing
from listings.outbox import outbox


async def introduce(
    connection: Connection,
    listing: Listing,
    *,
    organisation_id: UUID,
    member_id: UUID,
    message: str,
    now: datetime,
    cause: Cause,
) -> Contact | None:
    """Write for an organisation that agreed to be introduced; None where it wrote before.

    The caller holds the listing's and the organisation's rows; no cap applies, a broker asked.
    """
    contact = requested(
        listing,
        organisation_id=organisation_id,
        member_id=member_id,
        message=message,
        names_itself=True,
        proposal_id=None,
        now=now,
    )
    return contact if await keep_new(connection, contact, cause=cause) else None


async def take_back(
    connection: Connection, contact_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """End a contact that its requester no longer wants; what was answered stays as it is."""
    contact = await locked(connection, contact_id)
    if not contact.is_open:
        return
    withdrawn = contact.withdrawn(at=now)
    await storage.save(connection, withdrawn)
    await outbox.append(connection, events.contact_withdrawn(withdrawn, at=now), cause=cause)
