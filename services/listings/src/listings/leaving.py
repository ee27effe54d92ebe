"""Leaving an organisation, in every noun of this service: nothing waits where nobody is left."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import erasure as contacts
from listings.listing import unreachable
from listings.members import commands as members
from listings.members.queries import members_of_organisation


async def end_membership(
    connection: Connection, member_id: UUID, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """An operator says that somebody left; they may have been the last one."""
    await members.end_membership(connection, member_id, organisation_id, now=now, cause=cause)
    await note_departure(connection, [organisation_id], now=now, cause=cause)


async def resign(
    connection: Connection, member_id: UUID, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """A member leaves by themselves; whoever stays may be out of reach."""
    await members.resign(connection, member_id, organisation_id, now=now, cause=cause)
    await note_departure(connection, [organisation_id], now=now, cause=cause)


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
