"""Deciding for whom a registered person may act; they are told in the same transaction."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.listing.occasion import Occasion
from listings.listing.restating import anonymous_listings, restate_changed
from listings.members import events, registration_storage, storage
from listings.members.commands import join_organisation
from listings.members.member import Member
from listings.members.namesakes import same
from listings.members.registration import Decline, Registration, UnknownRegistration
from listings.organisations.commands import register_organisation
from listings.organisations.organisation import Organisation, Profile
from listings.organisations.queries import organisation_of
from listings.outbox import outbox


async def approve_registration(
    connection: Connection, registration_id: UUID, *, by_colleague: bool, occasion: Occasion
) -> Member:
    """Let a verified person act for the organisation, which joins the directory if it is new."""
    now, cause = occasion.now, occasion.cause
    registration, member_id = await _taken(connection, registration_id)
    # Before any listing, as where a mail to the person bounces: they wait for each other.
    await storage.member_for_update(connection, member_id)
    organisation = await _organisation(connection, registration, occasion)
    joined = await join_organisation(connection, member_id, organisation.id, now=now, cause=cause)
    event = events.registration_decided(
        replace(registration, organisation_name=organisation.name),
        None,
        organisation_id=organisation.id,
        by_colleague=by_colleague,
        at=now,
    )
    await outbox.append(connection, event, cause=cause)
    return joined


async def _organisation(
    connection: Connection, registration: Registration, occasion: Occasion
) -> Organisation:
    """A new one once: a colleague's wish or an import may have brought it while this one waited."""
    profile = registration.profile()
    known = registration.organisation_id
    if known is None:
        await registration_storage.hold_directory(connection)
        found = await registration_storage.candidates(
            connection, name=profile.name, postcode=registration.organisation_postcode, domain=None
        )
        known = same(found)
    if known is None:
        return await _added(connection, profile, occasion)
    return await organisation_of(connection, known)


async def _added(connection: Connection, profile: Profile, occasion: Occasion) -> Organisation:
    """One more of its region and size: anonymous listings there may be shown otherwise."""
    hidden = await anonymous_listings(connection, public_url=occasion.public_url)
    made = await register_organisation(connection, profile, now=occasion.now, cause=occasion.cause)
    await restate_changed(connection, hidden, occasion)
    return made


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
