"""What a moderator's yes makes of a listing: its waiting text is the public one; pure."""

from dataclasses import replace
from datetime import datetime

from listings.listing.days import prolonged
from listings.listing.listing import Listing


def released(listing: Listing, *, at: datetime) -> Listing:
    """Published, or with its edit taken over; raises `NeedPassed` where nobody needs it any more.

    That it waited until its last day passed is not the owner's fault: such a text is prolonged.
    """
    if listing.pending is not None:
        return listing.written(prolonged(listing.pending, at=at), at=at)
    return replace(listing, content=prolonged(listing.content, at=at)).published(at=at)
