"""What an owner just did with a listing: said on the page after it, as long as it is still so."""

from collections.abc import Mapping
from enum import StrEnum

from listings.listing.life_cycle import LIVE
from listings.listing.listing import Listing
from schemas.vocabulary import ListingStatus


class Done(StrEnum):
    CONFIRMED = "confirmed"
    PAUSED = "paused"
    RESUMED = "resumed"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


HOLDS: Mapping[Done, frozenset[ListingStatus]] = {
    Done.CONFIRMED: LIVE,
    Done.PAUSED: frozenset({ListingStatus.PAUSED}),
    Done.RESUMED: frozenset({ListingStatus.PUBLISHED}),
    Done.SUBMITTED: frozenset({ListingStatus.SUBMITTED, ListingStatus.PUBLISHED}),
    Done.WITHDRAWN: frozenset({ListingStatus.CLOSED}),
}
"""In which statuses it is done: a second click there changes nothing and is no mistake."""


def still_done(listing: Listing, said: str) -> Done | None:
    """What a page's address says was done; nothing once we asked again, for then we want to know.

    Addresses stay in histories, and whoever opens an old one must find the question there.
    """
    done = next((each for each in Done if each == said), None)
    was_asked = listing.freshness is not None and listing.freshness.asked is not None
    if done is None or listing.status not in HOLDS[done] or (listing.is_visible and was_asked):
        return None
    return done
