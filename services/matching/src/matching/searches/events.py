"""What is said of saved searches."""

from datetime import datetime
from uuid import uuid5

from matching.kept_listing import KeptListing
from matching.searches.search import SavedSearch
from schemas.search import SearchHit


def search_hit(
    search: SavedSearch, listing: KeptListing, *, revision: int, at: datetime
) -> SearchHit:
    return SearchHit(
        revision=revision,
        occurred_at=at,
        hit_id=uuid5(search.search_id, str(listing.listing_id)),
        search_id=search.search_id,
        member_id=search.member_id,
        words=search.words,
        listing_id=listing.listing_id,
        organisation_id=listing.organisation_id,
        kind=listing.kind,
        title=listing.content.title,
        language=listing.content.language,
        city=listing.city,
        visibility=listing.content.visibility,
    )
