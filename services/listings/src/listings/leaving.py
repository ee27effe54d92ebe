"""Leaving an organisation, in every noun of this service: nothing waits where nobody is left."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import erasure as contacts
from listings.listing import unreachable
from listings.members import commands as members
from listings.members.member import LastMember
from listings.members.queries import members_of_organisation
from listings.organisations.commands import hold_to_change, restate_organisation


async def end_membership(
    connection: Connection, member_id: UUID, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Whoever left acts for it no more, and they may have been the last one."""
    await hold_to_change(connection, [organisation_id])
    await members.leave_organisation(connection, member_id, organisation_id, now=now, cause=cause)
    await restate_organisation(connection, organisation_id, now=now, cause=cause)
    await note_departure(connection, [organisation_id], now=now, cause=cause)


async def resign(
    connection: Connection, member_id: UUID, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """A member leaves by themselves, unless nobody would be left to answer.

    Raises:
        LastMember: nobody else acts for the organisation.

    """
    await hold_to_change(connection, [organisation_id])
    acting = await members_of_organisation(connection, organisation_id)
    if all(member.id == member_id for member in acting):
        raise LastMember(organisation_id)
    await end_membership(connection, member_id, organisation_id, now=now, cause=cause)


async def note_departure(
    connection: Connection, organisation_ids: Collection[UUID], *, now: datetime, cause: Cause
) -> None:
    """Pause what nobody answers for; nobody is asked to say yes where nobody is left.

    The caller holds the rows of the organisations.
    """
    for organisation_id in sorted(organisation_ids):
        if not await members_of_organisation(connection, organisation_id):
            await contacts.end_waiting_for(connection, organisation_id, now=now, cause=cause)
    await unreachable.note_departure(connection, organisation_ids, now=now, cause=cause)
