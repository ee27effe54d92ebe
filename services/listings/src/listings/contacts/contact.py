"""A contact: one organisation asks the owner of a listing; exactly one answer, or it lapses."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from listings.revision import revision_after
from schemas.vocabulary import DeclineReason, Language

LAPSES_AFTER = timedelta(days=21)
REMINDED_AFTER = timedelta(days=5)
NOTICE = timedelta(hours=24)
"""Nothing lapses sooner after the reminder, however late that one went out."""


class ContactStatus(StrEnum):
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


class AlreadyAnswered(Exception):
    """The contact was accepted, declined or lapsed before."""

    def __init__(self, status: ContactStatus) -> None:
        super().__init__(f"the contact is {status}")
        self.status = status


class ExplanationMissing(Exception):
    """Declining for another reason needs a sentence that says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The requester's name is shown before the answer only if it `names_itself`.

    `withdrawn_at` tells of an unanswered one that its requester took it back.
    """

    id: UUID
    listing_id: UUID
    listing_title: str
    listing_language: Language
    requesting_organisation_id: UUID
    requesting_member_id: UUID
    owning_organisation_id: UUID
    message: str
    names_itself: bool
    requested_at: datetime
    lapses_at: datetime
    revision: int
    proposal_id: UUID | None = None
    status: ContactStatus = ContactStatus.REQUESTED
    answered_at: datetime | None = None
    answering_member_id: UUID | None = None
    reason: DeclineReason | None = None
    explanation: str = ""
    reminded_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status is ContactStatus.REQUESTED

    @property
    def is_cut_short(self) -> bool:
        """Ended before its time and by neither side: one of them is gone."""
        has_lapsed = self.status is ContactStatus.LAPSED and self.withdrawn_at is None
        return has_lapsed and self.answered_at is not None and self.answered_at < self.lapses_at

    def accepted(self, *, by: UUID, at: datetime) -> Self:
        return self._answered(ContactStatus.ACCEPTED, at, answering_member_id=by)

    def declined(self, reason: DeclineReason, explanation: str, *, by: UUID, at: datetime) -> Self:
        if reason is DeclineReason.OTHER and not explanation.strip():
            raise ExplanationMissing
        return self._answered(
            ContactStatus.DECLINED,
            at,
            answering_member_id=by,
            reason=reason,
            explanation=explanation.strip(),
        )

    def is_reminder_due(self, now: datetime) -> bool:
        is_late = now >= self.requested_at + REMINDED_AFTER
        return self.is_open and self.reminded_at is None and is_late

    def has_lapsed(self, now: datetime) -> bool:
        """Unanswered in time, and the reminder went out at least 24 hours ago."""
        if not self.is_open or self.reminded_at is None:
            return False
        return now >= max(self.lapses_at, self.reminded_at + NOTICE)

    def reminded(self, *, at: datetime) -> Self:
        if not self.is_open:
            raise AlreadyAnswered(self.status)
        return replace(self, reminded_at=at, revision=revision_after(self.revision, at))

    def lapsed(self, *, at: datetime) -> Self:
        return self._answered(ContactStatus.LAPSED, at)

    def withdrawn(self, *, at: datetime) -> Self:
        return self._answered(ContactStatus.LAPSED, at, withdrawn_at=at)

    def _answered(self, status: ContactStatus, at: datetime, **changes: Any) -> Self:
        if not self.is_open:
            raise AlreadyAnswered(self.status)
        revision = revision_after(self.revision, at)
        return replace(self, status=status, answered_at=at, revision=revision, **changes)
