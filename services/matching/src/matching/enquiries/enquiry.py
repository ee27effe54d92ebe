"""An enquiry: one organisation is asked once about one request, and may answer until it expires.

What reached nobody is asked again, once for each address that was corrected.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from schemas.organisation import OrganisationState
from schemas.vocabulary import EnquiryAnswer

OPEN_FOR = timedelta(days=14)
SENT_WITHIN = timedelta(hours=1)
"""A mail that asks is out within seconds; of one that is not by then, somebody has to know."""


class UnknownEnquiry(LookupError):
    """There is no such enquiry for this organisation."""


class EnquiryOver(Exception):
    """It expired, or its request ended; nothing can be answered any more."""


class Obstacle(StrEnum):
    """Why an organisation cannot be asked about a request."""

    NOT_ALLOWED = "not-allowed"
    NO_ADDRESS = "no-address"
    ASKED_BEFORE = "asked-before"
    UNREACHED = "unreached"
    NEVER_AGAIN = "never-again"
    MEMBERS_ONLY = "members-only"


class Unreached(StrEnum):
    """Why nobody there can answer, as far as is known."""

    BOUNCED = "bounced"
    NOT_SENT = "not-sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenEnquiryAnswer:
    answer: EnquiryAnswer
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """``was_sent`` and ``bounced`` are each true where a mail of it was: it goes to all members.

    Of an earlier attempt a bounce is no news.
    """

    enquiry_id: UUID
    request_id: UUID
    request_organisation_id: UUID
    organisation_id: UUID
    revision: int
    question: str
    approved_at: datetime
    expires_at: datetime
    given: GivenEnquiryAnswer | None = None
    answered_at: datetime | None = None
    answered_by: UUID | None = None
    attempt: int = 1
    asked_again_at: datetime | None = None
    was_sent: bool = False
    bounced: bool = False

    def is_open(self, now: datetime) -> bool:
        return now < self.expires_at

    def unreached(self, now: datetime) -> Unreached | None:
        """None once somebody answered, or one of its mails may still be answered."""
        if self.given is not None or self.was_sent:
            return None
        if self.bounced:
            return Unreached.BOUNCED
        asked_at = self.asked_again_at or self.approved_at
        return Unreached.NOT_SENT if now >= asked_at + SENT_WITHIN else None

    @property
    def waits_for_a_broker(self) -> bool:
        """No member said yes, who could ask for the contact."""
        said_yes = self.given is not None and self.given.answer is EnquiryAnswer.YES
        return said_yes and self.answered_by is None

    def is_under_way_again(self, now: datetime) -> bool:
        return self.asked_again_at is not None and not self.given and not self.unreached(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a question goes: to a member, or to an organisation that nobody joined."""

    recipient_id: UUID
    key: UUID


def enquiry_id_of(request_id: UUID, organisation_id: UUID) -> UUID:
    """The same request and organisation always give the same enquiry."""
    return uuid5(request_id, f"enquiry:{organisation_id}")


def address_of(enquiry_id: UUID, recipient_id: UUID, email: str) -> Address:
    return Address(recipient_id=recipient_id, key=uuid5(enquiry_id, email.lower()))


def obstacle_to(
    organisation: OrganisationState,
    *,
    for_members: bool,
    asked_before: bool,
    never_again: bool,
) -> Obstacle | None:
    """``for_members`` is a request that nobody else may read."""
    if asked_before:
        return Obstacle.ASKED_BEFORE
    if never_again:
        return Obstacle.NEVER_AGAIN
    if not organisation.allows_enquiries:
        return Obstacle.NOT_ALLOWED
    if not (organisation.has_members or organisation.enquiry_email):
        return Obstacle.NO_ADDRESS
    if for_members and not organisation.has_members:
        return Obstacle.MEMBERS_ONLY
    return None
