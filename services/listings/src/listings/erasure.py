"""Forgetting a person or an organisation in every noun of this service, in one transaction."""

from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import erasure as contacts
from listings.listing import erasure as listing
from listings.members import commands as members
from listings.members.queries import members_of_organisation
from listings.organisations import commands as organisations
from listings.organisations.queries import organisation_of


async def erase_member(
    connection: Connection, member_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Forget a person; what their organisation posted stays."""
    await contacts.forget_words_of(connection, member_id)
    await members.erase_member(connection, member_id, now=now, cause=cause)


async def erase_organisation(
    connection: Connection, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Forget an organisation with its listings and contacts; its people stay members.

    What was stored is blanked first, so that nothing said from here on is lost.
    """
    organisation = await organisation_of(connection, organisation_id)
    await organisations.blank_what_was_said(connection, organisation.id)
    await listing.forget_listings_of(connection, organisation.id, now=now, cause=cause)
    await contacts.forget_contacts_of(connection, organisation.id, now=now, cause=cause)
    for member in await members_of_organisation(connection, organisation.id):
        await members.leave_organisation(
            connection, member.id, organisation.id, now=now, cause=cause
        )
    await organisations.remove_organisation(connection, organisation, now=now, cause=cause)
