"""What partner clusters may read: only what a visitor may see, without any trace of persons."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.event import Fact, State, Value
from schemas.place import Amount, Category, ServiceArea
from schemas.vocabulary import (
    ClosingReason,
    Cooperation,
    Language,
    ListingKind,
    OrganisationKind,
    SizeClass,
)


class PublicOrganisation(Value):
    """Who posted a listing, where the organisation shows its name."""

    organisation_id: UUID
    organisation_name: str
    kind: OrganisationKind
    website: str | None = None


class PublicListing(Value):
    """A listing as its public page shows it.

    ``region`` is the district's or the Land's name; ``organisation`` is absent for anonymous
    listings, whose ``size_class`` and ``region`` are absent too where fewer than five
    organisations share them.
    """

    url: str
    kind: ListingKind
    cooperation: Cooperation
    title: str
    description: str
    category: Category
    tags: tuple[str, ...] = ()
    amount: Amount | None = None
    minimum_amount: Amount | None = None
    needs: tuple[str, ...] = ()
    region: str | None = None
    postcode: str | None = Field(default=None, pattern=r"^\d{5}$")
    service_area: ServiceArea = ServiceArea()
    needed_by: date | None = None
    available_from: date | None = None
    valid_until: AwareDatetime
    language: Language
    organisation: PublicOrganisation | None = None
    size_class: SizeClass | None = None
    answer_by: AwareDatetime | None = Field(
        default=None,
        description="Until when partner clusters are asked for help; absent if they are not.",
    )


class PublicListingFact(Fact):
    """Every public fact about a listing; carries neither cause nor trace."""

    topic: ClassVar[str] = "public.listing.events"
    traced: ClassVar[bool] = False
    listing_id: UUID

    def aggregate_id(self) -> UUID:
        return self.listing_id

    def subjects(self) -> tuple[UUID, ...]:
        """The listing alone: whose it is may be hidden, and is the caller's to know."""
        return (self.listing_id,)


class PublicListingCreated(PublicListingFact):
    """A listing became visible to everybody."""

    name: ClassVar[str] = "public.listing.created"
    listing: PublicListing


class PublicListingUpdated(PublicListingFact):
    """A visible listing changed."""

    name: ClassVar[str] = "public.listing.updated"
    listing: PublicListing


class PublicListingOverflowed(PublicListingFact):
    """Nobody fits a visible request: partner clusters are asked, once, until a day.

    Answers come back through the listing's own page, its ``url``.
    """

    name: ClassVar[str] = "public.listing.overflowed"
    listing: PublicListing
    answer_by: AwareDatetime


class PublicListingClosed(PublicListingFact):
    """A listing is no longer visible; subscribers delete their copy."""

    name: ClassVar[str] = "public.listing.closed"
    reason: ClosingReason


class PublicListingState(State):
    """A visible listing as it stands; a tombstone says: delete your copy."""

    name: ClassVar[str] = "public.listing.state"
    topic: ClassVar[str] = "public.listing.state"
    traced: ClassVar[bool] = False
    listing_id: UUID
    listing: PublicListing

    def aggregate_id(self) -> UUID:
        return self.listing_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.listing_id,)
