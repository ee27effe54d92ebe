"""Joining an organisation: a person registers, verifies the address, a moderator approves."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.members import registration_storage, storage
from listings.members.commands import join_organisation
from listings.members.forms import RegistrationForm
from listings.members.member import Member, normalised_email
from listings.members.registration import Registration, UnknownRegistration
from listings.members.sign_in import request_sign_in
from listings.organisations.commands import register_organisation
from schemas.vocabulary import Language


async def register(
    connection: Connection,
    form: RegistrationForm,
    language: Language,
    *,
    now: datetime,
    cause: Cause,
) -> None:
    """Keep the wish to join and send the link that verifies the address.

    An address that is a member's already only gets a link to sign in.
    """
    if await storage.member_by_email(connection, form.email) is None:
        registration = await _registration(connection, form, language, now)
        await registration_storage.keep_registration(connection, registration)
    await request_sign_in(connection, form.email, next_path=None, now=now, cause=cause)


async def _registration(
    connection: Connection, form: RegistrationForm, language: Language, now: datetime
) -> Registration:
    organisation_id = await registration_storage.directory_entry(
        connection, name=form.organisation_name, email=form.email
    )
    return Registration(
        id=uuid7(),
        name=form.name,
        email=normalised_email(form.email),
        language=language,
        organisation_id=organisation_id,
        organisation_name=form.organisation_name,
        organisation_kind=form.organisation_kind,
        organisation_size_class=form.organisation_size_class,
        organisation_postcode=form.organisation_postcode,
        requested_at=now,
    )


async def approve_registration(
    connection: Connection, registration_id: UUID, *, now: datetime, cause: Cause
) -> Member:
    """Let a verified person act for the organisation, which joins the directory if it is new."""
    registration = await _locked(connection, registration_id)
    organisation_id = registration.organisation_id
    if organisation_id is None:
        made = await register_organisation(connection, registration.profile(), now=now, cause=cause)
        organisation_id = made.id
    await registration_storage.delete_registration(connection, registration_id)
    return await join_organisation(
        connection, registration_id, organisation_id, now=now, cause=cause
    )


async def decline_registration(connection: Connection, registration_id: UUID) -> None:
    """Forget the wish; the person stays a member who acts for nobody."""
    await _locked(connection, registration_id)
    await registration_storage.delete_registration(connection, registration_id)


async def _locked(connection: Connection, registration_id: UUID) -> Registration:
    registration = await registration_storage.registration_for_update(connection, registration_id)
    if registration is None or await storage.member(connection, registration_id) is None:
        raise UnknownRegistration(registration_id)
    return registration
