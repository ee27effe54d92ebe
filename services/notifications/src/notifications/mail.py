"""A mail from its cause to the mail server: its states, its key, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

import idna

from chassis.cause import Cause
from notifications.letter import Addressee, Letter
from schemas.claims import NO_ORGANISATION
from schemas.event import Fact
from schemas.vocabulary import Language

FIRST_RETRY = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
TRIED_FOR = timedelta(hours=24)
KEYS = UUID("6f1c7f52-6a0e-5a5e-9c6e-0a3f1d2b7c11")


class MailState(StrEnum):
    """``sending`` is committed just before the content is handed over."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


class Unsent(StrEnum):
    """Why we decided ourselves not to send a mail."""

    RECIPIENT_GONE = "the recipient is gone"
    ADDRESS_SUPPRESSED = "the address is suppressed"
    NOT_WANTED = "the recipient does not want it"
    NOT_CONCERNED = "the recipient is no longer concerned"
    PROPOSAL_WITHDRAWN = "the proposal was withdrawn"
    LISTING_CLOSED = "the listing is closed"
    CONTACT_ANSWERED = "the contact was answered"
    CONTACT_LAPSED = "the contact lapsed"
    CONTACT_WITHDRAWN = "the contact was withdrawn"
    ENQUIRY_ANSWERED = "the enquiry was answered"
    ASKED_AGAIN = "the enquiry was sent again"
    REQUEST_MET = "a good offer was found"
    NOTHING_LEFT = "nothing is left to tell"

    @property
    def state(self) -> MailState:
        return MailState.SUPPRESSED if self in ABOUT_RECIPIENTS else MailState.EXPIRED


class Doubt(StrEnum):
    """Why nobody knows whether a held mail went out."""

    HANDED_OVER = "handed over without an answer"
    RESTORED = "restored: it may have gone out already"


NOT_COMPOSED = "not composed"
"""Begins what is noted of a held mail of which no text came: nothing was handed over."""
SENT_AGAIN = "not taken: sent again"
"""Noted of a mail that was handed over, and that the mail server says it never took."""

ABOUT_RECIPIENTS = (
    Unsent.RECIPIENT_GONE,
    Unsent.ADDRESS_SUPPRESSED,
    Unsent.NOT_WANTED,
    Unsent.NOT_CONCERNED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An event that leads to mails, and whom they go to; it waits for recipients to be known."""

    id: UUID
    letter: Letter[Any]
    event: Fact
    addressee: Addressee
    cause: Cause

    @property
    def expires_at(self) -> datetime:
        return self.letter.useful_until(self.event)

    @property
    def ends_with(self) -> tuple[UUID, ...]:
        return self.letter.ends_with(self.event)

    @property
    def is_to_one(self) -> bool:
        """Whether it goes to one member of an organisation, and to colleagues only after them."""
        to = self.addressee
        return to.member_id is not None and to.organisation_id != NO_ORGANISATION

    def mail_id(self, member_id: UUID) -> UUID:
        """The key of a mail: hash of event, template and recipient."""
        occasion = _occasion(self.letter, self.event, self.cause)
        return uuid5(KEYS, f"{occasion}|{self.letter.template}|{member_id}")


def notices_of(letter: Letter[Any], event: Fact, *, cause: Cause) -> tuple[Notice, ...]:
    occasion = _occasion(letter, event, cause)
    return tuple(
        Notice(
            id=uuid5(KEYS, f"{occasion}|{letter.template}|{addressee}"),
            letter=letter,
            event=event,
            addressee=addressee,
            cause=cause,
        )
        for addressee in letter.addressees(event)
    )


def _occasion(letter: Letter[Any], event: Fact, cause: Cause) -> str:
    """What a mail is unique by: the event, or what several events are about."""
    return str(cause.event_id if letter.once_per is None else letter.once_per(event))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A member as a mail addresses them; the name is unknown at the first sign-in."""

    member_id: UUID
    name: str
    email: str
    language: Language | None

    @property
    def languages(self) -> tuple[Language, ...]:
        """Every language, German first, where nobody said which."""
        return tuple(Language) if self.language is None else (self.language,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one member, as its sender holds it."""

    id: UUID
    notice: Notice
    member_id: UUID
    claim: UUID
    first_tried_at: datetime
    attempts: int

    @property
    def letter(self) -> Letter[Any]:
        return self.notice.letter

    @property
    def is_digest(self) -> bool:
        """Whether it may tell more than the notice that began it."""
        can_wait = self.letter.together is not None
        return can_wait and self.id != self.notice.mail_id(self.member_id)


def message_id(mail_id: UUID, domain: str) -> str:
    return f"<{mail_id.hex}@{domain}>"


def next_try(*, attempts: int, first_tried_at: datetime, now: datetime) -> datetime | None:
    """When a mail is tried again after a temporary refusal; None once that has lasted a day."""
    if now - first_tried_at >= TRIED_FOR:
        return None
    doubled = FIRST_RETRY * 2.0 ** min(attempts - 1, 20)
    return now + min(doubled, LONGEST_PAUSE)


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def wire_address(email: str) -> str:
    """As mail servers are told it: a domain with umlauts in its ASCII form (RFC 5891).

    Without one it raises ``UnicodeError``. What stands before the @ has no such form.
    """
    local, _, domain = email.rpartition("@")
    if domain.isascii():
        return email
    return f"{local}@{idna.encode(domain, uts46=True).decode()}"
