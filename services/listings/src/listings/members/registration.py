"""Who asked to join and for which organisation; invisible until the address is verified."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from listings.organisations.organisation import Profile
from schemas.vocabulary import Language, OrganisationKind, SizeClass


class UnknownRegistration(LookupError):
    """Nobody waits under this id (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """Why somebody may not act for an organisation, where that was said, and whom to ask."""

    reason: str
    appeal_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """``organisation_id`` names one of the directory; None asks for a new one.

    ``member_id`` is who verified the address.
    """

    id: UUID
    name: str
    email: str
    language: Language
    organisation_id: UUID | None
    organisation_name: str
    organisation_kind: OrganisationKind
    organisation_size_class: SizeClass
    organisation_postcode: str
    requested_at: datetime
    verified_at: datetime | None = None
    member_id: UUID | None = None

    def is_for(self, organisation_id: UUID | None, name: str) -> bool:
        """Whether it is this organisation of the directory, or the new one of this name."""
        same_name = self.organisation_name.casefold() == name.casefold()
        return self.organisation_id == organisation_id and (
            organisation_id is not None or same_name
        )

    def profile(self) -> Profile:
        """What is known of the new organisation."""
        return Profile(
            name=self.organisation_name,
            kind=self.organisation_kind,
            size_class=self.organisation_size_class,
            postcode=self.organisation_postcode,
        )
