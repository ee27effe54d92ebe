"""Reads of members, for pages, API and republishing."""

from collections.abc import AsyncIterator
from uuid import UUID

from chassis.database import Connection
from listings.members import events, storage
from listings.members.member import Member, UnknownMember
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


async def member_states(connection: Connection) -> AsyncIterator[MemberState]:
    """Every member as they stand, for `state republish`."""
    async for member in storage.all_members(connection):
        yield events.member_state(member)
