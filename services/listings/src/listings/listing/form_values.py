"""An existing listing as the texts and choices of its form, for editing."""

from listings.listing.area import Area
from listings.listing.forms import ZONE
from schemas.listing import ListingContent
from schemas.place import ServiceArea


def form_values(content: ListingContent) -> dict[str, object]:
    amount, minimum = content.amount, content.minimum_amount
    unit = next((each.unit for each in (amount, minimum) if each is not None), "")
    return {
        "kind": content.kind,
        "cooperation": content.cooperation,
        "title": content.title,
        "description": content.description,
        "category": content.category.slug,
        "tags": ", ".join(content.tags),
        "quantity": amount and amount.value,
        "unit": unit,
        "minimum_quantity": minimum and minimum.value,
        "needs": "\n".join(content.needs),
        "postcode": content.place.postcode if content.place else "",
        "area": _area_of(content.service_area),
        "radius_km": content.service_area.radius_km,
        "laender": content.service_area.laender,
        "needed_by": content.needed_by,
        "available_from": content.available_from,
        "valid_until": content.valid_until.astimezone(ZONE).date(),
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
