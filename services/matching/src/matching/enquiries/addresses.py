"""Where a question goes by the newest copies: to the members, or to an address until one joins."""

from uuid import UUID

from chassis.database import Connection
from matching.enquiries import address_storage
from matching.enquiries.enquiry import Address, address_of
from schemas.organisation import OrganisationState


async def emails_of(connection: Connection, organisation: OrganisationState) -> dict[UUID, str]:
    """By member, or by the organisation itself where it is its address for enquiries."""
    if organisation.has_members:
        return await address_storage.emails_of_members(connection, organisation.organisation_id)
    email = organisation.enquiry_email
    return {} if email is None else {organisation.organisation_id: email}


async def note_addresses(
    connection: Connection, enquiry_id: UUID, organisation: OrganisationState
) -> None:
    """Keep where the question goes, so that it goes nowhere twice."""
    addresses = await _addresses_of(connection, enquiry_id, organisation)
    await address_storage.note(connection, enquiry_id, addresses)


async def has_new_address(
    connection: Connection, enquiry_id: UUID, organisation: OrganisationState
) -> bool:
    """Whether there is one to which the question never went."""
    written_to = await address_storage.keys_written_to(connection, enquiry_id)
    addresses = await _addresses_of(connection, enquiry_id, organisation)
    return any(each.key not in written_to for each in addresses)


async def _addresses_of(
    connection: Connection, enquiry_id: UUID, organisation: OrganisationState
) -> frozenset[Address]:
    emails = await emails_of(connection, organisation)
    return frozenset(address_of(enquiry_id, *each) for each in emails.items())
