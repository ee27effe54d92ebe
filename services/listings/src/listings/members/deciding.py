"""Deciding for whom a registered person may act; they are told in the same transaction."""

from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.members import events, registration_storage
from listings.members.commands import join_organisation
from listings.members.member import Member
from listings.members.registration import Decline, Registration, UnknownRegistration
from listings.organisations.commands import register_organisation
from listings.outbox import outbox


async def approve_registration(
    connection: Connection,
    registration_id: UUID,
    *,
    by_colleague: bool,
    now: datetime,
    cause: Cause,
) -> Member:
    """Let a verified person act for the organisation, which joins the directory if it is new."""
    registration, member_id = await _taken(connection, registration_id)
    organisation_id = registration.organisation_id
    if organisation_id is None:
        made = await register_organisation(connection, registration.profile(), now=now, cause=cause)
        organisation_id = made.id
    joined = await join_organisation(connection, member_id, organisation_id, now=now, cause=cause)
    event = events.registration_decided(
        registration, None, organisation_id=organisation_id, by_colleague=by_colleague, at=now
    )
    await outbox.append(connection, event, cause=cause)
    return joined


async def decline_registration(
    connection: Connection,
    registration_id: UUID,
    decline: Decline,
    *,
    by_colleague: bool,
    now: datetime,
    cause: Cause,
) -> None:
    """Forget the wish; the person stays a member, without this organisation."""
    registration, _ = await _taken(connection, registration_id)
    event = events.registration_decided(
        registration,
        decline,
        organisation_id=registration.organisation_id,
        by_colleague=by_colleague,
        at=now,
    )
    await outbox.append(connection, event, cause=cause)


async def _taken(connection: Connection, registration_id: UUID) -> tuple[Registration, UUID]:
    """Off the list for good: what is decided is decided once."""
    registration = await registration_storage.verified_for_update(connection, registration_id)
    if registration is None or registration.member_id is None:
        raise UnknownRegistration(registration_id)
    await registration_storage.delete_registration(connection, registration_id)
    return registration, registration.member_id
