"""A listing whose visibility narrows ends, and another takes its place: here, and in its file."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from listings.listing.freshness import Freshness
from listings.listing.listing import Listing, draft_of
from schemas.listing import ListingContent
from schemas.vocabulary import ClosingReason, ListingStatus


def replaced(listing: Listing, *, at: datetime) -> Listing:
    """The listing ended; the line of the file is no longer about it."""
    closed = listing.closed(ClosingReason.WITHDRAWN, at=at)
    return replace(closed, external_id=None, file_row=None)


def successor_of(
    listing: Listing,
    content: ListingContent,
    *,
    id: UUID,  # noqa: A002 - the word of the vocabulary
    at: datetime,
) -> Listing:
    """The draft that takes the place of a listing, or of the last one that others know."""
    draft = draft_of(
        content,
        id=id,
        organisation_id=listing.organisation_id,
        member_id=listing.member_id,
        at=at,
        external_id=listing.external_id,
        replaces=listing.id if listing.is_known else listing.replaces,
    )
    return replace(draft, file_row=listing.file_row)


def kept_paused(draft: Listing, *, at: datetime) -> Listing:
    """The same pause as before; nobody has seen the draft, so it was never published."""
    freshness = Freshness.confirmed(at, valid_until=draft.content.valid_until)
    return replace(draft, status=ListingStatus.PAUSED, freshness=freshness)


def narrowed(content: ListingContent, wished: ListingContent) -> ListingContent:
    """A text that was released once, shown to no more people than is wished now."""
    shown = {"visibility": wished.visibility, "may_overflow": wished.may_overflow}
    return content.model_copy(update=shown)
