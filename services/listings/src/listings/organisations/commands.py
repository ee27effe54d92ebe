"""What the service does with organisations; each command runs inside its caller's transaction."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from chassis.envelope import Gone
from chassis.outbox import blank
from chassis.web.idempotency import blank_answers_about
from listings.organisations import events, storage
from listings.organisations.organisation import Organisation, Profile, UnknownOrganisation
from listings.outbox import outbox
from listings.revision import revision_after
from schemas.organisation import OrganisationState


async def register_organisation(
    connection: Connection, profile: Profile, *, now: datetime, cause: Cause
) -> Organisation:
    """Add an organisation that is in no import."""
    organisation = Organisation(
        id=uuid7(),
        external_id=None,
        profile=profile,
        is_trusted=False,
        has_members=False,
        revision=revision_after(0, now),
    )
    await storage.insert_organisation(connection, organisation)
    await outbox.append(connection, events.organisation_state(organisation), cause=cause)
    return organisation


async def trust_organisation(connection: Connection, organisation_id: UUID) -> None:
    """Let its listings be published without a moderator from now on."""
    await storage.set_trusted(connection, organisation_id)


async def hold_to_change(connection: Connection, organisation_ids: Iterable[UUID]) -> None:
    """Lock them, which comes before members and listings: an erasure locks in this order, too."""
    for organisation_id in sorted(organisation_ids):
        await storage.organisation_for_update(connection, organisation_id)


async def hold_to_remove(connection: Connection, organisation_id: UUID) -> Organisation:
    """Wait for everybody who writes for the organisation; nobody can any more."""
    await storage.hold_wishes_for(connection, organisation_id)
    organisation = await storage.organisation_for_removal(connection, organisation_id)
    if organisation is None:
        raise UnknownOrganisation(organisation_id)
    return organisation


async def blank_what_was_said(connection: Connection, organisation_id: UUID) -> None:
    """Erase what stored events and answers say about an organisation."""
    await blank(connection, organisation_id)
    await blank_answers_about(connection, organisation_id)


async def remove_organisation(
    connection: Connection, organisation: Organisation, *, now: datetime, cause: Cause
) -> None:
    """Take it out of the directory; whoever holds its state deletes that."""
    await storage.delete_organisation(connection, organisation.id)
    revision = revision_after(organisation.revision, now)
    gone = Gone(state=OrganisationState, id=organisation.id, revision=revision)
    await outbox.append_gone(connection, gone, cause=cause)


async def restate_organisation(
    connection: Connection, organisation_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Say the state again under a new revision, because its memberships changed."""
    organisation = await storage.organisation_for_update(connection, organisation_id)
    if organisation is None:
        raise UnknownOrganisation(organisation_id)
    restated = replace(organisation, revision=revision_after(organisation.revision, now))
    await storage.set_revision(connection, organisation_id, restated.revision)
    await outbox.append(connection, events.organisation_state(restated), cause=cause)
