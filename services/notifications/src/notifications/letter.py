"""What a kind of mail is: the event it follows, whom it goes to, its use and its button."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from schemas.event import Fact
from schemas.links import LinkPurpose
from schemas.vocabulary import MailPurpose

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """One member, or whoever acts for an organisation; ``side`` is the reader's part in it."""

    organisation_id: UUID
    member_id: UUID | None = None
    side: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a letter's button opens, and until when."""

    purpose: LinkPurpose
    object_id: UUID
    expires_at: datetime


def nothing_ends_it(_event: Fact) -> tuple[UUID, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter(Generic[F]):
    """One kind of mail; it is pointless once something ended that it ``ends_with``."""

    template: str
    event: type[F]
    purpose: MailPurpose
    addressees: Callable[[F], tuple[Addressee, ...]]
    useful_until: Callable[[F], datetime]
    link: Callable[[F], Link]
    ends_with: Callable[[F], tuple[UUID, ...]] = nothing_ends_it
