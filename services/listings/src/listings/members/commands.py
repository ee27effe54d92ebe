"""What the service does with members; each command runs inside its caller's transaction."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError
from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from chassis.envelope import Gone
from chassis.outbox import blank
from chassis.web.idempotency import blank_answers_about
from listings.members import events, nonce_storage, registration_storage, storage
from listings.members.address_change import AddressTaken
from listings.members.member import (
    Member,
    UnknownMember,
    normalised_email,
    ordered_roles,
)
from listings.members.tokens import revoke_all_tokens
from listings.organisations.commands import restate_organisation
from listings.outbox import outbox
from listings.revision import revision_after
from schemas.member import MemberState
from schemas.vocabulary import Language, Role


async def add_member(
    connection: Connection,
    *,
    name: str,
    email: str,
    language: Language,
    now: datetime,
    cause: Cause,
    organisation_ids: tuple[UUID, ...] = (),
    roles: frozenset[Role] = frozenset(),
    member_id: UUID | None = None,
) -> Member:
    """Make a member whose address is verified or vouched for by an operator.

    Raises:
        AddressTaken: somebody is a member under it.

    """
    member = Member(
        id=member_id or uuid7(),
        external_id=None,
        name=name,
        email=normalised_email(email),
        language=language,
        roles=ordered_roles(roles),
        organisation_ids=(),
        sessions_valid_from=now,
        revision=revision_after(0, now),
    )
    if not await storage.insert_member(connection, member):
        raise AddressTaken(member.id)
    joined = replace(member, organisation_ids=organisation_ids)
    await storage.insert_memberships(connection, member.id, organisation_ids)
    await outbox.append(connection, events.member_state(joined), cause=cause)
    for organisation_id in organisation_ids:
        await restate_organisation(connection, organisation_id, now=now, cause=cause)
    return joined


async def locked(connection: Connection, member_id: UUID) -> Member:
    member = await storage.member_for_update(connection, member_id)
    if member is None:
        raise UnknownMember(member_id)
    return member


async def _save(connection: Connection, member: Member, *, now: datetime, cause: Cause) -> Member:
    saved = replace(member, revision=revision_after(member.revision, now))
    await storage.save_member(connection, saved)
    await outbox.append(connection, events.member_state(saved), cause=cause)
    return saved


async def set_roles(
    connection: Connection, member_id: UUID, roles: frozenset[Role], *, now: datetime, cause: Cause
) -> Member:
    member = await locked(connection, member_id)
    if roles | {Role.MEMBER} == frozenset(member.roles):
        return member
    return await _save(
        connection, replace(member, roles=ordered_roles(roles)), now=now, cause=cause
    )


async def correct_member(
    connection: Connection,
    member_id: UUID,
    *,
    name: str,
    language: Language,
    now: datetime,
    cause: Cause,
) -> Member:
    """Write what a person says of themselves; whoever decides on their wishes reads it, too."""
    # Before the member, as where a wish is decided: two who wait for each other wait for ever.
    await registration_storage.correct_wishes(connection, member_id, name=name, language=language)
    member = await locked(connection, member_id)
    if (name, language) == (member.name, member.language):
        return member
    corrected = replace(member, name=name, language=language)
    return await _save(connection, corrected, now=now, cause=cause)


async def change_address(
    connection: Connection, member_id: UUID, email: str, *, now: datetime, cause: Cause
) -> Member:
    """Sessions that began under the former address are void; the member as they were until now.

    Raises:
        AddressTaken: another member has it.

    """
    await registration_storage.move_wishes(connection, member_id, email=email)
    former = await locked(connection, member_id)
    moved = await _signed_out(connection, former, now=now)
    try:
        await _save(connection, replace(moved, email=email), now=now, cause=cause)
    except UniqueViolationError:
        raise AddressTaken(member_id) from None
    return former


async def join_organisation(
    connection: Connection, member_id: UUID, organisation_id: UUID, *, now: datetime, cause: Cause
) -> Member:
    """Let a member act for an organisation."""
    member = await locked(connection, member_id)
    if organisation_id in member.organisation_ids:
        return member
    await storage.insert_memberships(connection, member_id, [organisation_id])
    joined = replace(member, organisation_ids=(*member.organisation_ids, organisation_id))
    saved = await _save(connection, joined, now=now, cause=cause)
    await restate_organisation(connection, organisation_id, now=now, cause=cause)
    return saved


async def leave_organisation(
    connection: Connection, member_id: UUID, organisation_id: UUID, *, now: datetime, cause: Cause
) -> Member:
    """The member no longer acts for an organisation; says nothing about the organisation."""
    member = await locked(connection, member_id)
    await storage.delete_membership(connection, member_id, organisation_id)
    left = tuple(each for each in member.organisation_ids if each != organisation_id)
    return await _save(connection, replace(member, organisation_ids=left), now=now, cause=cause)


async def end_access(
    connection: Connection, member_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Sign a member out everywhere: sessions, links that are on their way, API tokens."""
    member = await locked(connection, member_id)
    signed_out = await _signed_out(connection, member, now=now)
    await nonce_storage.delete_nonces_of(connection, member_id)
    await revoke_all_tokens(connection, member_id)
    await _save(connection, signed_out, now=now, cause=cause)


async def _signed_out(connection: Connection, member: Member, *, now: datetime) -> Member:
    last_sign_in = await nonce_storage.last_sign_in(connection, member.id)
    return member.signed_out(now=now, last_sign_in=last_sign_in)


async def erase_member(
    connection: Connection, member_id: UUID, *, now: datetime, cause: Cause
) -> None:
    """Forget a person: the row, every session, and what stored events and answers say."""
    member = await locked(connection, member_id)
    asked = await storage.asked_at_address_of(connection, member_id)
    await storage.delete_member(connection, member_id)
    for subject in (member_id, *asked):
        await blank(connection, subject)
    await blank_answers_about(connection, member_id)
    gone = Gone(state=MemberState, id=member_id, revision=revision_after(member.revision, now))
    await outbox.append_gone(connection, gone, cause=cause)
    for organisation_id in member.organisation_ids:
        await restate_organisation(connection, organisation_id, now=now, cause=cause)
