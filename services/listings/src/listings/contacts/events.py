"""What is said about contacts; names and addresses only once both sides know each other."""

from dataclasses import replace
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from listings.contacts.contact import Contact
from schemas.contact import (
    ContactAccepted,
    ContactAnswerDue,
    ContactDeclined,
    ContactLapsed,
    ContactRequested,
    ContactWithdrawn,
    Party,
)
from schemas.vocabulary import Language


class _Shared(TypedDict):
    revision: int
    occurred_at: datetime
    contact_id: UUID
    listing_id: UUID
    listing_title: str
    listing_language: Language
    proposal_id: UUID | None
    requesting_organisation_id: UUID
    requesting_member_id: UUID
    owning_organisation_id: UUID


def contact_requested(
    contact: Contact, *, organisation_name: str, owner_has_members: bool, at: datetime
) -> ContactRequested:
    return ContactRequested(
        **_shared(contact, at),
        requesting_organisation_name=organisation_name if contact.names_itself else None,
        message=contact.message,
        lapses_at=contact.lapses_at,
        owner_has_members=owner_has_members,
    )


def contact_answer_due(
    contact: Contact, *, organisation_name: str | None, at: datetime
) -> ContactAnswerDue:
    return ContactAnswerDue(
        **_shared(contact, at),
        requesting_organisation_name=organisation_name if contact.names_itself else None,
        lapses_at=contact.lapses_at,
    )


def contact_accepted(
    contact: Contact, *, requester: Party, owner: Party, at: datetime
) -> ContactAccepted:
    """About the requester who is named, be it for one who left: erasure follows who it is about."""
    named = replace(contact, requesting_member_id=requester.member_id)
    return ContactAccepted(**_shared(named, at), requester=requester, owner=owner)


def contact_declined(contact: Contact, *, at: datetime) -> ContactDeclined:
    assert contact.reason is not None  # noqa: S101 - declined contacts say why
    return ContactDeclined(
        **_shared(contact, at), reason=contact.reason, explanation=contact.explanation
    )


def contact_lapsed(contact: Contact, *, at: datetime) -> ContactLapsed:
    return ContactLapsed(**_shared(contact, at))


def contact_withdrawn(contact: Contact, *, at: datetime) -> ContactWithdrawn:
    return ContactWithdrawn(**_shared(contact, at))


def _shared(contact: Contact, at: datetime) -> _Shared:
    return {
        "revision": contact.revision,
        "occurred_at": at,
        "contact_id": contact.id,
        "listing_id": contact.listing_id,
        "listing_title": contact.listing_title,
        "listing_language": contact.listing_language,
        "proposal_id": contact.proposal_id,
        "requesting_organisation_id": contact.requesting_organisation_id,
        "requesting_member_id": contact.requesting_member_id,
        "owning_organisation_id": contact.owning_organisation_id,
    }
