"""What this service keeps about one person, as they see it and take it with them; pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from listings.members.tokens import ApiToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """``external_id`` names the line of a file that an operator takes in."""

    id: UUID
    external_id: str | None
    name: str
    email: str
    language: str
    roles: tuple[str, ...]
    member_since: datetime
    unreachable_since: datetime | None
    sessions_valid_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMembership:
    organisation_name: str
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWish:
    """An organisation for which the person would like to act; somebody has to decide."""

    name: str
    email: str
    organisation_name: str
    organisation_kind: str
    organisation_size_class: str
    organisation_postcode: str
    requested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAddressChange:
    """Another address that the person gave.

    Without ``open_until`` it was confirmed, or ended, or expired a day ago.
    """

    email: str
    asked_at: datetime
    open_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFormerAddress:
    """Kept as a keyed hash only, so that an import does not bring back whoever was erased."""

    left_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnListing:
    """Without its text for whoever no longer acts for its organisation: others may have changed it.

    ``pending`` is a change that waits for a moderator.
    """

    id: UUID
    status: str
    created_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    content: Any
    pending: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEnquiry:
    """A contact that the person asked for, in their words."""

    id: UUID
    listing_title: str
    requested_at: datetime
    message: str
    names_itself: bool
    status: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What the person answered to a contact that others asked for."""

    id: UUID
    listing_title: str
    answered_at: datetime | None
    status: str
    reason: str | None
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDecision:
    """What the person decided as a moderator."""

    listing_id: UUID
    subject: str
    decision: str
    reason: str | None
    rule: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorNote:
    """What an operator did with the person's account, or the person with another's."""

    at: datetime
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """``next_path`` is where it leads; one that confirms another address is among them.

    In which browser it was used is kept as a keyed hash only.
    """

    expires_at: datetime
    next_path: str | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    person: Person
    organisations: tuple[OwnMembership, ...]
    wishes: tuple[OwnWish, ...]
    address_changes: tuple[OwnAddressChange, ...]
    former_addresses: tuple[OwnFormerAddress, ...]
    tokens: tuple[ApiToken, ...]
    listings: tuple[OwnListing, ...]
    enquiries: tuple[OwnEnquiry, ...]
    answers: tuple[OwnAnswer, ...]
    decisions: tuple[OwnDecision, ...]
    operator_notes: tuple[OperatorNote, ...]
    sign_in_links: tuple[SignInLink, ...]
