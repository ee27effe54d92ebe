"""A member: a person with an e-mail address who acts for organisations; pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from schemas.vocabulary import Language, Role


class UnknownMember(LookupError):
    """No member has this id or address."""


class LastMember(Exception):
    """Nobody else acts for the organisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A session that began before ``sessions_valid_from`` is void."""

    id: UUID
    external_id: str | None
    name: str
    email: str
    language: Language
    roles: tuple[Role, ...]
    organisation_ids: tuple[UUID, ...]
    sessions_valid_from: datetime
    revision: int

    def signed_out(self, *, now: datetime, last_sign_in: datetime | None) -> Self:
        """Every session is void: the next second begins after all that is known to have begun.

        Sessions count whole seconds, and the clock of whoever signed them in may be ahead.
        """
        latest = max(now, self.sessions_valid_from, last_sign_in or now)
        return replace(
            self, sessions_valid_from=latest.replace(microsecond=0) + timedelta(seconds=1)
        )


def normalised_email(text: str) -> str:
    """One spelling of an address: no mail server in use tells upper from lower case."""
    return text.strip().lower()


def ordered_roles(roles: frozenset[Role]) -> tuple[Role, ...]:
    """In the order of the vocabulary; everybody is a member."""
    return tuple(role for role in Role if role in roles | {Role.MEMBER})
