"""An organisation of the directory; pure."""

from dataclasses import dataclass
from uuid import UUID

from listings.places import find_place
from schemas.place import Place
from schemas.vocabulary import OrganisationKind, SizeClass


class UnknownOrganisation(LookupError):
    """No organisation has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an organisation says about itself, as imported or registered."""

    name: str
    kind: OrganisationKind
    size_class: SizeClass
    industry_code: str | None = None
    capabilities: str = ""
    street: str = ""
    postcode: str | None = None
    city: str = ""
    website: str | None = None
    email_domain: str | None = None
    allows_enquiries: bool = False
    enquiry_email: str | None = None

    @property
    def place(self) -> Place | None:
        return None if self.postcode is None else find_place(self.postcode, self.city)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """``is_trusted`` ones publish without waiting for a moderator."""

    id: UUID
    external_id: str | None
    profile: Profile
    is_trusted: bool
    has_members: bool
    revision: int

    @property
    def name(self) -> str:
        return self.profile.name

    @property
    def kind(self) -> OrganisationKind:
        return self.profile.kind

    @property
    def size_class(self) -> SizeClass:
        return self.profile.size_class

    @property
    def place(self) -> Place | None:
        return self.profile.place

    @property
    def enquiry_email(self) -> str | None:
        """Where enquiries go: only if it allows them, and only until a member answers."""
        may_be_asked = self.profile.allows_enquiries and not self.has_members
        return self.profile.enquiry_email if may_be_asked else None
