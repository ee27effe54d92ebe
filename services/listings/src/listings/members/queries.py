"""Reads of members, for pages, API and republishing."""

from collections.abc import AsyncIterator
from uuid import UUID

from chassis.database import Connection
from listings.members import events, own_data_storage, storage
from listings.members.member import Member, UnknownMember
from listings.members.own_data import OwnData
from listings.members.tokens import tokens_of
from schemas.member import MemberState


async def member_of(connection: Connection, member_id: UUID) -> Member:
    """The member with this id.

    Raises:
        UnknownMember: there is none, or no longer.

    """
    member = await storage.member(connection, member_id)
    if member is None:
        raise UnknownMember(member_id)
    return member


async def members_of_organisation(
    connection: Connection, organisation_id: UUID
) -> tuple[Member, ...]:
    """Who may act for an organisation, the longest first."""
    return await storage.members_of_organisation(connection, organisation_id)


async def own_data_of(connection: Connection, member_id: UUID) -> OwnData:
    """All that this service keeps about a person.

    Raises:
        UnknownMember: there is none, or no longer.

    """
    person = await own_data_storage.person(connection, member_id)
    if person is None:
        raise UnknownMember(member_id)
    return OwnData(
        person=person,
        organisations=await own_data_storage.memberships(connection, member_id),
        wishes=await own_data_storage.wishes(connection, member_id),
        address_changes=await own_data_storage.address_changes(connection, member_id),
        former_addresses=await own_data_storage.former_addresses(connection, member_id),
        tokens=await tokens_of(connection, member_id),
        listings=await own_data_storage.listings(connection, member_id),
        enquiries=await own_data_storage.enquiries(connection, member_id),
        answers=await own_data_storage.answers(connection, member_id),
        decisions=await own_data_storage.decisions(connection, member_id),
        operator_notes=await own_data_storage.operator_notes(connection, member_id),
        sign_in_links=await own_data_storage.sign_in_links(connection, member_id),
    )


async def operators(connection: Connection) -> tuple[Member, ...]:
    """Whoever has a role beyond that of a member, by name."""
    return await storage.operators(connection)


async def member_states(connection: Connection) -> AsyncIterator[MemberState]:
    """Every member as they stand, for `state republish`."""
    async for member in storage.all_members(connection):
        yield events.member_state(member)
