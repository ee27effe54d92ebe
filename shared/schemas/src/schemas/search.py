"""Saved searches: what a member wants to hear of."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from schemas.event import Fact
from schemas.vocabulary import Language, ListingKind, Visibility


class SearchHit(Fact):
    """A new listing fits what a member searches for; the words are the member's own."""

    name: ClassVar[str] = "search.hit"
    topic: ClassVar[str] = "search.hit"
    personal: ClassVar[bool] = True
    hit_id: UUID
    search_id: UUID
    member_id: UUID
    words: str = Field(max_length=200)
    listing_id: UUID
    organisation_id: UUID
    kind: ListingKind
    title: str
    language: Language
    city: str | None = None
    visibility: Visibility | None = Field(
        default=None, description="Who may see the listing; absent in what was said before."
    )

    def aggregate_id(self) -> UUID:
        return self.search_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.member_id, self.organisation_id)
