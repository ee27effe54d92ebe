"""An enquiry: one organisation is asked once about one request, and may answer until it expires."""

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
    """``was_sent`` and ``bounced`` are each true where a mail of it was: it goes to all members."""

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
        return Unreached.NOT_SENT if now >= self.approved_at + SENT_WITHIN else None


def enquiry_id_of(request_id: UUID, organisation_id: UUID) -> UUID:
    """The same request and organisation always give the same enquiry."""
    return uuid5(request_id, f"enquiry:{organisation_id}")


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
