"""A saved search: some words, and what a listing must be for them to count."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from matching.analysis import Analysis
from matching.explanation import Position, distance_km
from matching.kept_listing import KeptListing
from matching.listing_text import ListingText
from schemas.vocabulary import Language, ListingKind

MOST_SEARCHES = 20
ANY_CATEGORY = ""


class TooManySearches(Exception):
    """A member keeps twenty at most."""


class UnknownPostcode(LookupError):
    """No organisation and no listing is known near this postcode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """So many kilometres around a postcode."""

    postcode: str
    position: Position
    radius_km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """Without a category, or without a place, every one counts."""

    search_id: UUID
    member_id: UUID
    revision: int
    words: str
    language: Language
    kind: ListingKind
    category: str | None
    around: Around | None
    created_at: datetime

    def text(self) -> ListingText:
        """Who looks for offers writes like a request, and the other way round."""
        sought = ListingKind.OFFER
        opposite = ListingKind.REQUEST if self.kind is sought else sought
        return ListingText(
            kind=opposite, title=self.words, category=ANY_CATEGORY, language=self.language
        )

    def admits(self, listing: KeptListing) -> bool:
        """Whether kind, category and place are those looked for, whatever the words say."""
        return (
            listing.kind is self.kind
            and self.category in (None, listing.content.category.slug)
            and (self.around is None or _lies_in(self.around, listing))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSearch:
    """A search with its analysis; none where an encoder gave no number."""

    search: SavedSearch
    analysis: Analysis | None


def _lies_in(around: Around, listing: KeptListing) -> bool:
    """An anonymous listing has no place here: finding it by place would give the place away."""
    place = listing.content.place
    if place is None or listing.is_anonymous:
        return False
    position = Position(latitude=place.latitude, longitude=place.longitude)
    return distance_km(around.position, position) <= around.radius_km
