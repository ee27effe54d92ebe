"""Who the two sides of a contact are to each other, before and after the answer."""

from uuid import UUID

from chassis.database import Connection
from listings.contacts.contact import Contact, ContactStatus
from listings.listing.listing import Listing
from listings.members.member import Member, UnknownMember
from listings.members.queries import member_of, members_of_organisation
from listings.organisations.organisation import UnknownOrganisation
from listings.organisations.queries import organisation_of, organisations_of
from schemas.contact import Party
from schemas.vocabulary import Visibility


async def party(connection: Connection, member_id: UUID, organisation_id: UUID) -> Party:
    """A side of a contact, as the other side gets to know it.

    Raises:
        UnknownMember: the person was erased, or left and nobody else acts for the organisation.

    """
    organisation = await organisation_of(connection, organisation_id)
    member = await _speaker(connection, member_id, organisation_id)
    return Party(
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        member_id=member.id,
        member_name=member.name,
        email=member.email,
    )


async def _speaker(connection: Connection, member_id: UUID, organisation_id: UUID) -> Member:
    """The person, or for one who left whoever has acted for the organisation the longest."""
    member = await member_of(connection, member_id)
    if organisation_id in member.organisation_ids:
        return member
    acting = await members_of_organisation(connection, organisation_id)
    if not acting:
        raise UnknownMember(member_id)
    return acting[0]


async def requesting_name(connection: Connection, contact: Contact) -> str | None:
    """Who asks, unless that stays unsaid until the answer."""
    if not names_requester(contact):
        return None
    found = await organisations_of(connection, [contact.requesting_organisation_id])
    return found[0].name if found else None


def names_requester(contact: Contact) -> bool:
    return contact.names_itself or contact.status is ContactStatus.ACCEPTED


async def is_unread(connection: Connection, listing: Listing | None) -> bool:
    """Whether nobody reads yet what is written about it; of an anonymous one that stays unsaid."""
    if listing is None or listing.content.visibility is Visibility.ANONYMOUS:
        return False
    return not (await organisation_of(connection, listing.organisation_id)).has_members


async def counterpart(connection: Connection, contact: Contact, *, for_owner: bool) -> Party | None:
    """The other side with its address, once the contact is accepted and while it is there."""
    if contact.status is not ContactStatus.ACCEPTED or contact.answering_member_id is None:
        return None
    other = (
        (contact.requesting_member_id, contact.requesting_organisation_id)
        if for_owner
        else (contact.answering_member_id, contact.owning_organisation_id)
    )
    try:
        return await party(connection, *other)
    except (UnknownMember, UnknownOrganisation):
        return None
