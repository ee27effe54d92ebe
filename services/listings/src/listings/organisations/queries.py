"""Reads of organisations, for pages, API and republishing."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from chassis.database import Connection
from listings.organisations import events, storage
from listings.organisations.organisation import Organisation, UnknownOrganisation
from schemas.organisation import OrganisationState


async def organisation_of(connection: Connection, organisation_id: UUID) -> Organisation:
    """The organisation with this id.

    Raises:
        UnknownOrganisation: there is none.

    """
    organisation = await storage.organisation(connection, organisation_id)
    if organisation is None:
        raise UnknownOrganisation(organisation_id)
    return organisation


async def require_organisation(connection: Connection, organisation_id: UUID) -> None:
    """Let it stay until the transaction ends: whoever adds something of its own asks this first.

    Raises:
        UnknownOrganisation: there is none.

    """
    if not await storage.stays(connection, organisation_id):
        raise UnknownOrganisation(organisation_id)


async def organisations_of(
    connection: Connection, organisation_ids: Sequence[UUID]
) -> tuple[Organisation, ...]:
    return await storage.organisations(connection, organisation_ids)


async def organisations_of_member(
    connection: Connection, member_id: UUID
) -> tuple[Organisation, ...]:
    """The organisations that a member may act for, by name."""
    return await storage.organisations_of_member(connection, member_id)


async def organisation_states(connection: Connection) -> AsyncIterator[OrganisationState]:
    """Every organisation as it stands, for `state republish`."""
    async for organisation in storage.all_organisations(connection):
        yield events.organisation_state(organisation)
