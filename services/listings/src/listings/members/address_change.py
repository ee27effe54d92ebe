"""A member's wish for another address, which nobody has verified yet; pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.vocabulary import Language


class AddressTaken(Exception):
    """Somebody else is a member under this address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChange:
    """``language`` is the member's."""

    id: UUID
    member_id: UUID
    email: str
    language: Language
    asked_at: datetime
