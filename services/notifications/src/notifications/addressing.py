"""Whom a notice goes to, as far as they are known, and whom it may name."""

import json
from collections.abc import Sequence
from uuid import UUID

from chassis import copies
from chassis.database import Connection
from notifications.letter import BROKERS
from notifications.mail import Notice, Recipient
from schemas.claims import NO_ORGANISATION
from schemas.contact import ContactAccepted, ContactRequested
from schemas.frame import OPERATORS
from schemas.member import AddressChanged, MemberState, SignInRequested
from schemas.organisation import OrganisationState
from schemas.outcome import OutcomeAsked
from schemas.request import EnquiryAnswered, EnquiryApproved
from schemas.search import SearchHit
from schemas.vocabulary import Role, Visibility


async def recipients_of(connection: Connection, notice: Notice) -> tuple[Recipient, ...]:
    """Everybody known now whom a notice addresses."""
    event, addressee = notice.event, notice.addressee
    if isinstance(event, SignInRequested):
        return (await _whoever_signs_in(connection, event),)
    if isinstance(event, AddressChanged):
        return (await _whoever_left_it(connection, event),)
    if isinstance(event, EnquiryApproved):
        return await _whoever_is_asked(connection, event)
    if addressee == BROKERS:
        return await _members_with(connection, {"roles": [Role.BROKER]})
    if addressee.member_id is not None:
        return await _the_member_or_colleagues(connection, notice, addressee.member_id)
    return await _whoever_acts_for(connection, addressee.organisation_id)


async def recipient(connection: Connection, notice: Notice, member_id: UUID) -> Recipient | None:
    """A mail's recipient as known now; None once erased."""
    event = notice.event
    if isinstance(event, SignInRequested):
        return await _whoever_signs_in(connection, event)
    if isinstance(event, AddressChanged):
        return await _whoever_left_it(connection, event)
    if isinstance(event, EnquiryApproved) and member_id == event.organisation_id:
        organisation = await copies.find(connection, OrganisationState, event.organisation_id)
        return None if organisation is None else _by_enquiry_address(organisation)
    member = await copies.find(connection, MemberState, member_id)
    return None if member is None else _recipient(member)


async def addressed_to(
    connection: Connection, member_id: UUID, notices: Sequence[Notice]
) -> tuple[Notice, ...]:
    """Those that still concern a recipient: who left an organisation reads nothing more of it."""
    return tuple(
        [each for each in notices if await _is_addressed(connection, each, member_id=member_id)]
    )


async def counterpart_of(connection: Connection, notice: Notice) -> str | None:
    """The other side's name, only where it agreed to be named: by an acceptance or by a yes.

    Brokers are told whom to call.
    """
    event = notice.event
    if isinstance(event, ContactAccepted):
        other = event.owner if notice.addressee.side == "requester" else event.requester
        return other.organisation_name
    if isinstance(event, OutcomeAsked):
        return await _name_of(connection, event.counterpart_organisation_id)
    if isinstance(event, EnquiryAnswered):
        return await _name_of(connection, event.organisation_id)
    if isinstance(event, ContactRequested) and notice.addressee == BROKERS:
        return await _name_of(connection, event.owning_organisation_id)
    return None


async def _is_addressed(connection: Connection, notice: Notice, *, member_id: UUID) -> bool:
    return any(each.member_id == member_id for each in await recipients_of(connection, notice))


async def _whoever_signs_in(connection: Connection, event: SignInRequested) -> Recipient:
    member = await copies.find(connection, MemberState, event.member_id)
    return Recipient(
        member_id=event.member_id,
        name=member.member_name if member else "",
        email=event.email,
        language=event.language,
    )


async def _whoever_left_it(connection: Connection, event: AddressChanged) -> Recipient:
    """Under the id of the change: a bounce from there says nothing about the member."""
    member = await copies.find(connection, MemberState, event.member_id)
    return Recipient(
        member_id=event.change_id,
        name=member.member_name if member else "",
        email=event.former_email,
        language=event.language,
    )


async def _the_member_or_colleagues(
    connection: Connection, notice: Notice, member_id: UUID
) -> tuple[Recipient, ...]:
    """Where the member left, whoever acts for the organisation, so that somebody can answer."""
    member = await copies.find(connection, MemberState, member_id)
    if member is None or (_is_for_members(notice) and not _belongs(member)):
        return ()
    organisation_id = notice.addressee.organisation_id
    if organisation_id in {NO_ORGANISATION, *member.organisation_ids}:
        return (_recipient(member),)
    return await _whoever_acts_for(connection, organisation_id)


async def _whoever_is_asked(
    connection: Connection, event: EnquiryApproved
) -> tuple[Recipient, ...]:
    """The members, or the address for enquiries where nobody joined; nobody without consent.

    Nobody yet, while less is known of the organisation than whoever approved it knew.
    """
    organisation = await copies.find(connection, OrganisationState, event.organisation_id)
    if organisation is None or organisation.revision < event.organisation_revision:
        return ()
    if not organisation.allows_enquiries:
        return ()
    if organisation.has_members:
        return await _whoever_acts_for(connection, event.organisation_id)
    by_address = _by_enquiry_address(organisation)
    return () if by_address is None else (by_address,)


def _by_enquiry_address(organisation: OrganisationState) -> Recipient | None:
    """The organisation stands for the member that it does not have, whose language none told."""
    if organisation.enquiry_email is None:
        return None
    return Recipient(
        member_id=organisation.organisation_id,
        name="",
        email=organisation.enquiry_email,
        language=None,
    )


async def _whoever_acts_for(connection: Connection, organisation_id: UUID) -> tuple[Recipient, ...]:
    return await _members_with(connection, {"organisation_ids": [str(organisation_id)]})


async def _members_with(
    connection: Connection, what: dict[str, list[str]]
) -> tuple[Recipient, ...]:
    members = await copies.containing(connection, MemberState, json.dumps(what))
    return tuple(map(_recipient, members))


def _is_for_members(notice: Notice) -> bool:
    event = notice.event
    return isinstance(event, SearchHit) and event.visibility is Visibility.CLUSTER


def _belongs(member: MemberState) -> bool:
    """Whether somebody let them in: an address of their own anybody can verify."""
    return bool(member.organisation_ids) or not OPERATORS.isdisjoint(member.roles)


def _recipient(member: MemberState) -> Recipient:
    return Recipient(
        member_id=member.member_id,
        name=member.member_name,
        email=member.email,
        language=member.language,
    )


async def _name_of(connection: Connection, organisation_id: UUID) -> str | None:
    found = await copies.find(connection, OrganisationState, organisation_id)
    return None if found is None else found.organisation_name
