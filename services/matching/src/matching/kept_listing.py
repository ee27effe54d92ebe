"""A listing as this service keeps it, and what is known of two beyond their texts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from matching.conditions import Conditions
from matching.explanation import Circumstances, Position
from matching.known_words import known_words
from matching.listing_text import ListingText, need_of, with_needs
from matching.stated_needs import needs_of_request
from schemas.listing import ListingContent
from schemas.place import Place
from schemas.vocabulary import ListingKind, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptListing:
    """One revision of a listing with its text."""

    listing_id: UUID
    organisation_id: UUID
    revision: int
    live: bool
    content: ListingContent

    @property
    def kind(self) -> ListingKind:
        return self.content.kind

    @property
    def is_anonymous(self) -> bool:
        return self.content.visibility is Visibility.ANONYMOUS

    @property
    def is_for_members(self) -> bool:
        return self.content.visibility is Visibility.CLUSTER

    @property
    def city(self) -> str | None:
        """Where it is, as far as the other side may know."""
        place = self.content.place
        return None if place is None or self.is_anonymous else place.city

    def is_open(self, now: datetime) -> bool:
        return self.live and now < self.content.valid_until

    def conditions(self, now: datetime) -> Conditions:
        content, place = self.content, self.content.place
        return Conditions(
            organisation=str(self.organisation_id),
            is_open=self.is_open(now),
            amount=content.amount,
            minimum_amount=content.minimum_amount,
            needed_by=content.needed_by,
            available_from=content.available_from,
            area=content.service_area,
            position=_position(self),
            land="" if place is None else place.land,
        )

    def text(self) -> ListingText:
        content = self.content
        own = () if content.kind is ListingKind.REQUEST else content.needs
        return ListingText(
            kind=content.kind,
            title=content.title,
            description="\n".join((content.description, *own)),
            tags=content.tags,
            category=content.category.slug,
            language=content.language,
        )

    def whole_text(self) -> ListingText:
        """A request's further needs as well, which an offer's text holds anyway."""
        needs = self.content.needs if self.kind is ListingKind.REQUEST else ()
        return with_needs(self.text(), needs)

    def texts(self) -> tuple[ListingText, ...]:
        """The listing itself, then each further need of a request as a request of its own."""
        return (self.text(), *(need_of(self.text(), need) for need in self.needs))

    @property
    def needs(self) -> tuple[str, ...]:
        """A request's further needs, its lines and those that its text states."""
        return needs_of_request(self.text(), self.content.needs)


def circumstances_of(request: KeptListing, offer: KeptListing) -> Circumstances:
    """What the texts do not say; no distance to an anonymous listing, it would give away where."""
    hidden = request.is_anonymous or offer.is_anonymous
    return Circumstances(
        request_position=None if hidden else _position(request),
        offer_position=None if hidden else _position(offer),
        needed_by=request.content.needed_by,
        available_from=offer.content.available_from,
        places=names_of(request.content.place) | names_of(offer.content.place),
        known_words=known_words(request.whole_text(), offer.whole_text()),
    )


def _position(listing: KeptListing) -> Position | None:
    place = listing.content.place
    if place is None:
        return None
    return Position(latitude=place.latitude, longitude=place.longitude)


def names_of(place: Place | None) -> frozenset[str]:
    """What two texts may both say of where they are, which is no reason."""
    return frozenset() if place is None else frozenset((place.city, place.land))
