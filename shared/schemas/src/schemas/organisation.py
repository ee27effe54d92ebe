"""The state of an organisation: the directory as the other services know it."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from schemas.event import State
from schemas.place import Place
from schemas.vocabulary import OrganisationKind, SizeClass


class OrganisationState(State):
    """An organisation of the directory; absent (tombstone) once it is erased."""

    name: ClassVar[str] = "organisation.state"
    topic: ClassVar[str] = "organisation.state"
    personal: ClassVar[bool] = True
    organisation_id: UUID
    organisation_name: str = Field(max_length=200)
    kind: OrganisationKind
    size_class: SizeClass
    industry_code: str | None = Field(default=None, max_length=10, description="WZ 2008.")
    capabilities: str = Field(default="", max_length=4000)
    place: Place | None = None
    website: str | None = Field(default=None, max_length=300)
    allows_enquiries: bool = False
    has_members: bool = False
    enquiry_email: str | None = Field(
        default=None,
        max_length=254,
        description="Where enquiries go while nobody has joined; absent unless they are allowed.",
    )

    def aggregate_id(self) -> UUID:
        return self.organisation_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)
