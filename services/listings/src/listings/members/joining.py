"""Joining an organisation: asked for, then admitted at once, by a member or by a moderator."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.members import registration_storage, storage
from listings.members.admission import Admission, admission_of, own_domain
from listings.members.commands import join_organisation
from listings.members.forms import RegistrationForm
from listings.members.member import Member, normalised_email
from listings.members.queries import member_of
from listings.members.registration import Registration, UnknownRegistration
from listings.members.sign_in import request_sign_in, send_link
from listings.organisations.commands import register_organisation
from listings.organisations.organisation import Organisation
from listings.organisations.queries import organisation_of
from schemas.vocabulary import Language


async def register(
    connection: Connection,
    form: RegistrationForm,
    language: Language,
    *,
    next_path: str | None,
    now: datetime,
    cause: Cause,
) -> None:
    """Keep the wish to join and send the link that verifies the address and this wish alone.

    An address that is a member's already only gets a link to sign in. Either link leads on to
    ``next_path``.
    """
    if await storage.member_by_email(connection, form.email) is not None:
        await request_sign_in(connection, form.email, next_path=next_path, now=now, cause=cause)
        return
    registration = await _registration(connection, form, language, now)
    await registration_storage.insert_registration(connection, registration)
    await send_link(connection, registration, next_path=next_path, now=now, cause=cause)


async def _registration(
    connection: Connection, form: RegistrationForm, language: Language, now: datetime
) -> Registration:
    organisation_id = await registration_storage.directory_entry(
        connection, name=form.organisation_name, domain=own_domain(form.email)
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


async def ask_to_join(
    connection: Connection, member_id: UUID, organisation_id: UUID, *, now: datetime, cause: Cause
) -> Admission:
    """A member wants to act for an organisation; at its own domain, an unclaimed one is theirs."""
    member = await storage.member_for_update(connection, member_id) or await member_of(
        connection, member_id
    )
    organisation = await organisation_of(connection, organisation_id)
    admission = admission_of(member.email, organisation)
    if organisation_id in member.organisation_ids:
        return Admission.AT_ONCE
    if admission is Admission.AT_ONCE:
        await join_organisation(connection, member_id, organisation_id, now=now, cause=cause)
    else:
        await _keep_wish(connection, member, organisation, now=now)
    return admission


async def _keep_wish(
    connection: Connection, member: Member, organisation: Organisation, *, now: datetime
) -> None:
    waiting = await registration_storage.verified_of_member(connection, member.id)
    if any(wish.organisation_id == organisation.id for wish in waiting):
        return
    wish = Registration(
        id=uuid7(),
        name=member.name,
        email=member.email,
        language=member.language,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        organisation_kind=organisation.kind,
        organisation_size_class=organisation.size_class,
        organisation_postcode=organisation.profile.postcode or "",
        requested_at=now,
        verified_at=now,
        member_id=member.id,
    )
    await registration_storage.insert_registration(connection, wish)


async def colleagues_waiting(
    connection: Connection, organisations: Sequence[Organisation]
) -> tuple[Registration, ...]:
    """Who waits for a member of one of these organisations, with an address at its domain."""
    by_id = {organisation.id: organisation for organisation in organisations}
    waiting = await registration_storage.verified_for(connection, list(by_id))
    return tuple(
        wish
        for wish in waiting
        if wish.organisation_id is not None
        and admission_of(wish.email, by_id[wish.organisation_id]) is Admission.BY_MEMBER
    )


async def approve_registration(
    connection: Connection, registration_id: UUID, *, now: datetime, cause: Cause
) -> Member:
    """Let a verified person act for the organisation, which joins the directory if it is new."""
    registration, member_id = await _locked(connection, registration_id)
    organisation_id = registration.organisation_id
    if organisation_id is None:
        made = await register_organisation(connection, registration.profile(), now=now, cause=cause)
        organisation_id = made.id
    await registration_storage.delete_registration(connection, registration_id)
    return await join_organisation(connection, member_id, organisation_id, now=now, cause=cause)


async def decline_registration(connection: Connection, registration_id: UUID) -> None:
    """Forget the wish; the person stays a member, without this organisation."""
    await _locked(connection, registration_id)
    await registration_storage.delete_registration(connection, registration_id)


async def _locked(connection: Connection, registration_id: UUID) -> tuple[Registration, UUID]:
    registration = await registration_storage.verified_for_update(connection, registration_id)
    if registration is None or registration.member_id is None:
        raise UnknownRegistration(registration_id)
    return registration, registration.member_id
