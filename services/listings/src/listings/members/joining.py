"""Joining an organisation: asked for, then granted at once or kept until somebody decides."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.members import registration_storage, storage
from listings.members.admission import Admission, admission_of, is_colleague, own_domain
from listings.members.commands import join_organisation
from listings.members.forms import OrganisationForm, RegistrationForm
from listings.members.member import Member, normalised_email
from listings.members.namesakes import meant
from listings.members.queries import member_of
from listings.members.registration import Registration
from listings.members.sign_in import request_sign_in, send_link
from listings.organisations.commands import hold_to_change
from listings.organisations.organisation import Organisation, Profile
from listings.organisations.queries import organisation_of, organisations_of_member
from schemas.vocabulary import Language

LONGEST_SEARCH = 100
MOST_WISHES = 10
"""Of one member, waiting to be decided."""


class TooManyWishes(Exception):
    """The member already asked for as many organisations as may wait for a decision."""


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
    ``next_path``, a member's else to where they ask for what they typed.
    """
    member = await storage.member_by_email(connection, form.email)
    if member is not None:
        way = next_path or await _way_to_ask(connection, member, form.organisation_name)
        await request_sign_in(connection, form.email, next_path=way, now=now, cause=cause)
        return
    registration = await _registration(connection, form, language, now)
    await registration_storage.insert_registration(connection, registration)
    await send_link(connection, registration, next_path=next_path, now=now, cause=cause)


async def _way_to_ask(connection: Connection, member: Member, name: str) -> str | None:
    """Nowhere else for whoever forgot that they speak for it already."""
    own = await organisations_of_member(connection, member.id)
    if any(each.name.casefold() == name.casefold() for each in own):
        return None
    return f"/my/organisations?{urlencode({'q': name[:LONGEST_SEARCH]})}"


async def _registration(
    connection: Connection, form: RegistrationForm, language: Language, now: datetime
) -> Registration:
    known = await _meant(connection, form, domain=own_domain(form.email))
    return Registration(
        id=uuid7(),
        name=form.name,
        email=normalised_email(form.email),
        language=language,
        organisation_id=known.id if known else None,
        organisation_name=known.name if known else form.organisation_name,
        organisation_kind=form.organisation_kind,
        organisation_size_class=form.organisation_size_class,
        organisation_postcode=form.organisation_postcode,
        requested_at=now,
    )


async def _meant(
    connection: Connection, form: OrganisationForm, *, domain: str | None
) -> Organisation | None:
    """The one of the directory; everybody reads its name from now on, not what was typed."""
    found = await registration_storage.candidates(
        connection,
        name=form.organisation_name,
        postcode=form.organisation_postcode,
        domain=domain,
    )
    known = meant(found)
    return None if known is None else await organisation_of(connection, known)


async def ask_to_join(
    connection: Connection, member_id: UUID, organisation_id: UUID, *, now: datetime, cause: Cause
) -> Admission:
    """A member wants to act for an organisation; at its own domain, an unclaimed one is theirs."""
    await hold_to_change(connection, [organisation_id])
    member = await _member_for_update(connection, member_id)
    organisation = await organisation_of(connection, organisation_id)
    admission = admission_of(member.email, organisation)
    if organisation_id in member.organisation_ids:
        return Admission.AT_ONCE
    if admission is Admission.AT_ONCE:
        await join_organisation(connection, member_id, organisation_id, now=now, cause=cause)
    else:
        await _keep_wish(connection, member, organisation_id, organisation.profile, now=now)
    return admission


async def ask_for_new(
    connection: Connection, member_id: UUID, form: OrganisationForm, *, now: datetime, cause: Cause
) -> Admission:
    """A member wants to act for an organisation they did not find; one of its name is taken."""
    known = await _meant(connection, form, domain=None)
    if known is not None:
        return await ask_to_join(connection, member_id, known.id, now=now, cause=cause)
    profile = Profile(
        name=form.organisation_name,
        kind=form.organisation_kind,
        size_class=form.organisation_size_class,
        postcode=form.organisation_postcode,
    )
    member = await _member_for_update(connection, member_id)
    await _keep_wish(connection, member, None, profile, now=now)
    return Admission.BY_MODERATOR


async def _member_for_update(connection: Connection, member_id: UUID) -> Member:
    member = await storage.member_for_update(connection, member_id)
    return member or await member_of(connection, member_id)


async def _keep_wish(
    connection: Connection,
    member: Member,
    organisation_id: UUID | None,
    profile: Profile,
    *,
    now: datetime,
) -> None:
    """Once, however often it is asked for."""
    waiting = await registration_storage.verified_of_member(connection, member.id)
    if any(wish.is_for(organisation_id, profile.name) for wish in waiting):
        return
    if len(waiting) >= MOST_WISHES:
        raise TooManyWishes(member.id)
    wish = Registration(
        id=uuid7(),
        name=member.name,
        email=member.email,
        language=member.language,
        organisation_id=organisation_id,
        organisation_name=profile.name,
        organisation_kind=profile.kind,
        organisation_size_class=profile.size_class,
        organisation_postcode=profile.postcode or "",
        requested_at=now,
        verified_at=now,
        member_id=member.id,
    )
    await registration_storage.insert_registration(connection, wish)


async def colleagues_waiting(
    connection: Connection, email: str, organisations: Sequence[Organisation]
) -> tuple[Registration, ...]:
    """Who waits for a member of one of these organisations, at its domain or at the member's."""
    by_id = {organisation.id: organisation for organisation in organisations}
    waiting = await registration_storage.verified_for(connection, list(by_id))
    return tuple(
        wish
        for wish in waiting
        if wish.organisation_id is not None
        and is_colleague(wish.email, of=email, at=by_id[wish.organisation_id])
    )
