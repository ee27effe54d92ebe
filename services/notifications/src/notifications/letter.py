"""What a kind of mail is: the event it follows, whom it goes to, its use, its links, its end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from schemas.claims import NO_ORGANISATION
from schemas.event import Fact
from schemas.links import LinkPurpose
from schemas.vocabulary import MailPurpose

F = TypeVar("F", bound=Fact)

LINK_LIFE = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """One member, or whoever acts for an organisation; ``side`` is the reader's part in it."""

    organisation_id: UUID
    member_id: UUID | None = None
    side: str = ""


BROKERS = Addressee(organisation_id=NO_ORGANISATION, side="broker")
"""Whoever brokers in this exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link opens without a session, for the reader alone, and until when."""

    purpose: LinkPurpose
    object_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address that asks for a session where it needs one."""

    path: str


def nothing_ends_it(_event: Fact) -> tuple[UUID, ...]:
    return ()


def useful_for(life: timedelta) -> Callable[[Fact], datetime]:
    return lambda event: event.occurred_at + life


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(Generic[F]):
    """One kind of mail.

    It is pointless once something ended that it ``ends_with``, and goes out once per event or
    per what ``once_per`` names. ``stop`` is the page where the reader ends just this. With a page
    ``together`` it can wait: what comes within a period is one mail, whose button leads there.
    Where ``first_at_once``, only what comes within a period of a mail waits.
    """

    template: str
    event: type[F]
    purpose: MailPurpose
    addressees: Callable[[F], tuple[Addressee, ...]]
    useful_until: Callable[[F], datetime]
    link: Callable[[F], Link | Page]
    ends_with: Callable[[F], tuple[UUID, ...]] = nothing_ends_it
    once_per: Callable[[F], UUID] | None = None
    stop: Callable[[F], Link] | None = None
    together: Page | None = None
    first_at_once: bool = False
