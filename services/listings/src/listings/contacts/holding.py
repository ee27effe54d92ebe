"""What is locked before somebody writes into a contact, in the order of all.

An erasure of either side, or of who writes, is over by then or waits: no words outlive it.
"""

from uuid import UUID

from chassis.database import Connection
from listings.contacts import storage
from listings.listing import storage as listing_storage
from listings.listing.listing import Listing
from listings.members.member import UnknownMember
from listings.organisations import storage as organisation_storage


class NoLongerActing(UnknownMember):
    """Who writes left, or was erased, since the page was opened."""


async def listing_to_ask_about(
    connection: Connection, listing_id: UUID, *, organisation_id: UUID
) -> Listing | None:
    """With its row locked, after the open contact that its owner may be answering.

    The caller holds both organisations' rows: no other contact of the one that asks comes up.
    """
    await storage.hold_open_contact(connection, organisation_id, listing_id)
    return await listing_storage.listing_to_write(connection, listing_id)


async def hold_to_answer(connection: Connection, contact_id: UUID, *, by: UUID) -> None:
    """Before the contact itself."""
    contact = await storage.contact(connection, contact_id)
    if contact is not None:
        owner_id = contact.owning_organisation_id
        await organisation_storage.organisation_for_update(connection, owner_id)
        await must_act_for(connection, owner_id, by)


async def must_act_for(connection: Connection, organisation_id: UUID, member_id: UUID) -> None:
    """The caller holds the organisation's row, so that it stays true.

    Raises:
        NoLongerActing: the person does not, or no longer.

    """
    if not await storage.acts_for(connection, organisation_id, member_id):
        raise NoLongerActing(member_id)
