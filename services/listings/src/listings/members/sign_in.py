"""Signing in by a link in a mail: a nonce is asked for, then redeemed once within 15 minutes."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID, uuid4

from chassis.cause import Cause
from chassis.database import Connection
from chassis.outbox import blank
from listings.members import commands, events, nonce_storage, reachability, storage
from listings.members.address_change import AddressChange, AddressTaken
from listings.members.admission import Admission, admission_of
from listings.members.member import Member
from listings.members.registration import Registration
from listings.members.registration_storage import (
    delete_registration,
    delete_unverified_of,
    mark_verified,
    unverified_by_email,
    unverified_for_update,
)
from listings.organisations.commands import hold_to_change
from listings.organisations.queries import organisation_of
from listings.outbox import outbox
from schemas.vocabulary import Language

VALID_FOR = timedelta(minutes=15)


class NonceState(Enum):
    OPEN = auto()
    USED = auto()
    EXPIRED = auto()
    DROPPED = auto()
    """Its person is gone: erased, or a registration that another of the address outran."""


class UnusableNonce(Exception):
    """The link was used, has expired, or its person is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    member: Member
    next_path: str | None


async def request_sign_in(
    connection: Connection, email: str, *, next_path: str | None, now: datetime, cause: Cause
) -> None:
    """Ask for a mail with a link, if the address is a member's or waits to be verified.

    Locked, so that a link is sent before whoever has the address leaves it, or not at all.
    """
    found = await storage.member_by_email_for_update(connection, email)
    person: Member | Registration | None = found or await unverified_by_email(connection, email)
    if person is not None:
        await send_link(connection, person, next_path=next_path, now=now, cause=cause)


async def send_link(
    connection: Connection,
    person: Member | Registration | AddressChange,
    *,
    next_path: str | None,
    now: datetime,
    cause: Cause,
) -> None:
    nonce, expires_at = await keep_nonce(connection, person.id, next_path=next_path, now=now)
    event = events.signin_requested(
        member_id=person.id,
        email=person.email,
        language=Language(person.language),
        nonce=nonce,
        now=now,
        expires_at=expires_at,
        changes_address_of=person.member_id if isinstance(person, AddressChange) else None,
    )
    await outbox.append(connection, event, cause=cause)


async def keep_nonce(
    connection: Connection, person_id: UUID, *, next_path: str | None, now: datetime
) -> tuple[UUID, datetime]:
    """A new one, and until when it is accepted."""
    nonce, expires_at = uuid4(), now + VALID_FOR
    await nonce_storage.insert_nonce(
        connection, nonce, person_id=person_id, expires_at=expires_at, next_path=next_path
    )
    return nonce, expires_at


async def nonce_state(connection: Connection, nonce: UUID, *, now: datetime) -> NonceState:
    row = await nonce_storage.nonce_row(connection, nonce)
    if row is None or row["expires_at"] <= now:
        return NonceState.EXPIRED
    if row["used_at"] is not None:
        return NonceState.USED
    return NonceState.OPEN if row["is_somebodys"] else NonceState.DROPPED


async def redeem(
    connection: Connection,
    nonce: UUID,
    *,
    member_id: UUID,
    now: datetime,
    cause: Cause,
    browser: bytes | None = None,
) -> Redeemed:
    """Accept a nonce once; a registration whose address this verifies becomes a member.

    Raises:
        UnusableNonce: it was used before, has expired, or its person is gone.

    """
    # The member before the nonce, as where access ends: two who wait for each other wait for ever.
    member = await storage.member_for_update(connection, member_id)
    row = await nonce_storage.use_nonce(
        connection, nonce, person_id=member_id, browser=browser, now=now
    )
    if row is None:
        raise UnusableNonce
    if member is None:
        member = await _verified(connection, member_id, now=now, cause=cause)
    await reachability.mark_reached(connection, member.id)
    return Redeemed(member=member, next_path=row["next_path"])


async def _verified(
    connection: Connection, registration_id: UUID, *, now: datetime, cause: Cause
) -> Member:
    """The member who asked to join; an address at its domain claims an unclaimed organisation."""
    registration = await unverified_for_update(connection, registration_id)
    if registration is None:
        raise UnusableNonce
    claimed = await _claimed(connection, registration)
    member = await _member_for(connection, registration, claimed, now=now, cause=cause)
    if claimed:
        await delete_registration(connection, registration_id)
    else:
        await mark_verified(connection, registration_id, member_id=member.id, now=now)
    for dropped in await delete_unverified_of(connection, registration.email):
        await blank(connection, dropped)
    return member


async def _claimed(connection: Connection, registration: Registration) -> tuple[UUID, ...]:
    if registration.organisation_id is None:
        return ()
    # Of two who come at once, the later one finds the earlier one there.
    await hold_to_change(connection, [registration.organisation_id])
    organisation = await organisation_of(connection, registration.organisation_id)
    is_theirs = admission_of(registration.email, organisation) is Admission.AT_ONCE
    return (organisation.id,) if is_theirs else ()


async def _member_for(
    connection: Connection,
    registration: Registration,
    claimed: tuple[UUID, ...],
    *,
    now: datetime,
    cause: Cause,
) -> Member:
    """Somebody with this address may have come by an import since the registration."""
    with suppress(AddressTaken):
        return await commands.add_member(
            connection,
            member_id=registration.id,
            name=registration.name,
            email=registration.email,
            language=registration.language,
            organisation_ids=claimed,
            now=now,
            cause=cause,
        )
    known = await storage.member_by_email(connection, registration.email)
    if known is None:
        raise UnusableNonce
    for organisation_id in claimed:
        known = await commands.join_organisation(
            connection, known.id, organisation_id, now=now, cause=cause
        )
    return known
