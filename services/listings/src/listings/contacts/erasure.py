"""Forgetting what people wrote into contacts; that there was a contact stays counted."""

from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import storage
from listings.contacts.patience import lapse

_EITHER_SIDE = "$1 in (requesting_organisation_id, owning_organisation_id)"


async def forget_words_of(connection: Connection, member_id: UUID) -> None:
    # An update takes its rows as they lie, another erasure by id.
    await connection.execute(
        "select from contact where $1 in (requesting_member_id, answering_member_id)"
        " order by id for update",
        member_id,
    )
    await connection.execute(
        "update contact set message = '' where requesting_member_id = $1", member_id
    )
    await connection.execute(
        "update contact set explanation = '' where answering_member_id = $1", member_id
    )


async def end_waiting_of(
    connection: Connection, member_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Nobody can say yes to a person who is gone: owners are asked no more."""
    for contact in await storage.open_contacts_asked_by(connection, member_id):
        await lapse(connection, contact, now=now, cause=cause)


async def end_waiting_for(
    connection: Connection, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """The same where nobody is left who acts for the organisation that asked."""
    for contact in await storage.open_contacts_of(connection, organisation_id):
        if contact.requesting_organisation_id == organisation_id:
            await lapse(connection, contact, now=now, cause=cause)


async def hold_contacts_of(connection: Connection, organisation_id: UUID) -> None:
    """Wait for answers under way, so that what they say is blanked, too."""
    await connection.execute(
        f"select from contact where {_EITHER_SIDE} order by id for update", organisation_id
    )


async def forget_contacts_of(
    connection: Connection, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Both sides wrote about it, so both texts go; who still waits is told that nothing comes."""
    await connection.execute(
        "update contact set message = '', explanation = '', listing_title ="
        " case when owning_organisation_id = $1 then '' else listing_title end"
        f" where {_EITHER_SIDE}",
        organisation_id,
    )
    for contact in await storage.open_contacts_of(connection, organisation_id):
        await lapse(connection, contact, now=now, cause=cause)
