"""What is said about a listing to the other services: one function an event."""

from datetime import datetime

from chassis.envelope import Gone
from listings.listing.freshness import Asked
from listings.listing.listing import Listing
from schemas.listing import (
    ListingClosed,
    ListingConfirmationDue,
    ListingCreated,
    ListingRejected,
    ListingState,
    ListingUpdated,
)
from schemas.vocabulary import ClosingAnswer, RejectionReason


def listing_created(listing: Listing, *, at: datetime) -> ListingCreated:
    return ListingCreated(
        revision=listing.revision,
        occurred_at=at,
        listing_id=listing.id,
        organisation_id=listing.organisation_id,
        content=listing.content,
        replaces=listing.replaces,
    )


def listing_updated(listing: Listing, *, at: datetime) -> ListingUpdated:
    return ListingUpdated(
        revision=listing.revision,
        occurred_at=at,
        listing_id=listing.id,
        organisation_id=listing.organisation_id,
        content=listing.content,
    )


def listing_closed(
    listing: Listing, answer: ClosingAnswer | None, *, at: datetime
) -> ListingClosed:
    assert listing.closing_reason is not None  # noqa: S101 - closed listings say why
    return ListingClosed(
        revision=listing.revision,
        occurred_at=at,
        listing_id=listing.id,
        organisation_id=listing.organisation_id,
        kind=listing.content.kind,
        title=listing.content.title,
        language=listing.content.language,
        reason=listing.closing_reason,
        answer=answer,
    )


def listing_rejected(
    listing: Listing,
    reason: RejectionReason,
    *,
    revision: int,
    rule: str,
    appeal_to: str,
    at: datetime,
) -> ListingRejected:
    """Names the text that was refused, which for an edit is not the public one."""
    content = listing.pending or listing.content
    return ListingRejected(
        revision=revision,
        occurred_at=at,
        listing_id=listing.id,
        organisation_id=listing.organisation_id,
        kind=content.kind,
        title=content.title,
        language=content.language,
        reason=reason,
        rule=rule,
        appeal_to=appeal_to,
    )


def listing_confirmation_due(
    listing: Listing, asked: Asked, *, at: datetime
) -> ListingConfirmationDue:
    assert listing.freshness is not None  # noqa: S101 - live listings are fresh until a time
    return ListingConfirmationDue(
        revision=listing.revision,
        occurred_at=at,
        listing_id=listing.id,
        organisation_id=listing.organisation_id,
        kind=listing.content.kind,
        title=listing.content.title,
        language=listing.content.language,
        confirm_by=listing.freshness.confirm_by,
        asked_because=asked,
    )


def listing_state(listing: Listing) -> ListingState:
    assert listing.published_at is not None  # noqa: S101 - only live listings have a state
    return ListingState(
        revision=listing.revision,
        listing_id=listing.id,
        organisation_id=listing.organisation_id,
        status=listing.status,
        published_at=listing.published_at,
        content=listing.content,
        answer_by=listing.answer_by,
    )


def listing_gone(listing: Listing) -> Gone:
    return Gone(state=ListingState, id=listing.id, revision=listing.revision)
