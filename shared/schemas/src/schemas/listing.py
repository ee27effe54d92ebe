"""What happens to listings: the facts, and the state that every service keeps a copy of."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.event import Fact, State, Value
from schemas.place import Amount, Category, Place, ServiceArea
from schemas.vocabulary import (
    ClosingAnswer,
    ClosingReason,
    Cooperation,
    Language,
    ListingKind,
    ListingStatus,
    RejectionReason,
    Visibility,
)


class ListingContent(Value):
    """What an organisation wrote, as its counterpart will read it."""

    kind: ListingKind
    cooperation: Cooperation
    title: str = Field(max_length=120)
    description: str = Field(max_length=4000)
    category: Category
    tags: tuple[str, ...] = Field(default=(), max_length=10)
    amount: Amount | None = None
    minimum_amount: Amount | None = None
    needs: tuple[str, ...] = ()
    place: Place | None = None
    service_area: ServiceArea = ServiceArea()
    needed_by: date | None = None
    available_from: date | None = None
    valid_until: AwareDatetime
    language: Language
    visibility: Visibility
    may_overflow: bool = Field(
        default=False,
        description="Partner clusters may be asked if nobody here fits this request.",
    )


class ListingFact(Fact):
    """Every fact about a listing names it and the organisation that posted it."""

    listing_id: UUID
    organisation_id: UUID

    def aggregate_id(self) -> UUID:
        return self.listing_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)


class ListingCreated(ListingFact):
    """A listing was published for the first time."""

    name: ClassVar[str] = "listing.created"
    topic: ClassVar[str] = "listing.created"
    content: ListingContent
    replaces: UUID | None = Field(
        default=None, description="The listing that this one continues, shown to fewer people."
    )


class ListingUpdated(ListingFact):
    """The text or the fields of a published listing changed."""

    name: ClassVar[str] = "listing.updated"
    topic: ClassVar[str] = "listing.updated"
    content: ListingContent


class ListingClosed(ListingFact):
    """A listing ended, and why."""

    name: ClassVar[str] = "listing.closed"
    topic: ClassVar[str] = "listing.closed"
    kind: ListingKind
    title: str
    language: Language
    reason: ClosingReason
    answer: ClosingAnswer | None = Field(default=None, description="Absent if nobody was asked.")


class ListingRejected(ListingFact):
    """A moderator refused a listing, under which rule, and where to appeal."""

    name: ClassVar[str] = "listing.rejected"
    topic: ClassVar[str] = "listing.rejected"
    kind: ListingKind
    title: str
    language: Language
    reason: RejectionReason
    rule: str = Field(max_length=1000)
    appeal_to: str = Field(max_length=200)


class ListingConfirmationDue(ListingFact):
    """The owner must say that a listing is still valid, or it expires."""

    name: ClassVar[str] = "listing.confirmation_due"
    topic: ClassVar[str] = "listing.confirmation_due"
    kind: ListingKind
    title: str
    language: Language
    confirm_by: AwareDatetime
    asked_because: str = Field(pattern=r"^(week-before|day-before|said-outdated)$")


class ListingState(State):
    """A listing as it stands; absent (tombstone) once it is closed."""

    name: ClassVar[str] = "listing.state"
    topic: ClassVar[str] = "listing.state"
    listing_id: UUID
    organisation_id: UUID
    status: ListingStatus
    published_at: AwareDatetime
    content: ListingContent
    answer_by: AwareDatetime | None = Field(
        default=None, description="Until when partner clusters are asked; absent if they are not."
    )

    def aggregate_id(self) -> UUID:
        return self.listing_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)
