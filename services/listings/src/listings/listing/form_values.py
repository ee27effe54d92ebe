"""An existing listing as its owner wrote it, for editing: in the form and through the API."""

from typing import Any

from listings.listing.area import Area
from listings.listing.days import day_of
from listings.listing.forms import WrittenListing
from listings.listing.listing import Listing
from schemas.listing import ListingContent
from schemas.place import ServiceArea


def form_values(content: ListingContent) -> dict[str, object]:
    """The texts and choices of the form."""
    texts = {"tags": ", ".join(content.tags), "needs": "\n".join(content.needs)}
    return _fields_of(content) | texts


def as_written(listing: Listing) -> WrittenListing:
    """What its owner wrote last, even if an edit still waits for a moderator.

    Not validated again: rules may have become narrower since.
    """
    return WrittenListing.model_construct(None, **_fields_of(listing.pending or listing.content))


def changed_as(written: WrittenListing, listing: Listing) -> WrittenListing:
    """What the listing says with the fields that were sent; none is lost by being absent."""
    sent = {name: getattr(written, name) for name in written.model_fields_set}
    return as_written(listing).model_copy(update=sent)


def _fields_of(content: ListingContent) -> dict[str, Any]:
    amount, minimum = content.amount, content.minimum_amount
    unit = next((each.unit for each in (amount, minimum) if each is not None), "")
    return {
        "kind": content.kind,
        "cooperation": content.cooperation,
        "title": content.title,
        "description": content.description,
        "category": content.category.slug,
        "tags": content.tags,
        "quantity": amount and amount.value,
        "unit": unit,
        "minimum_quantity": minimum and minimum.value,
        "needs": content.needs,
        "postcode": content.place.postcode if content.place else "",
        "area": _area_of(content.service_area),
        "radius_km": content.service_area.radius_km,
        "laender": content.service_area.laender,
        "needed_by": content.needed_by,
        "available_from": content.available_from,
        "valid_until": day_of(content.valid_until),
        "language": content.language,
        "visibility": content.visibility,
        "may_overflow": content.may_overflow,
    }


def _area_of(area: ServiceArea) -> Area | None:
    if area.nationwide:
        return Area.NATIONWIDE
    if area.laender:
        return Area.LAENDER
    return None if area.radius_km is None else Area.RADIUS
