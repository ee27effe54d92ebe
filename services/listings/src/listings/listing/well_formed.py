"""Of a listing with malformed fields the others: what is impossible there is told at once.

Of a change that leaves out what stays, so is what does not fit to that.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from chassis.web.refusal import Refusal
from listings.listing.forms import WrittenListing, impossible_fields
from listings.listing.listing import Listing
from schemas.place import Category

_NOT_SAID: dict[str, Any] = {"kind": None, "category": ""}
_TYPES: dict[str, TypeAdapter[object]] = {
    name: TypeAdapter(info.rebuild_annotation())
    for name, info in WrittenListing.model_fields.items()
}


def refused_besides(
    given: Mapping[str, object],
    malformed: Collection[str],
    *,
    categories: tuple[Category, ...],
    now: datetime,
    before: Listing | None = None,
    stands: WrittenListing | None = None,
) -> dict[str, Refusal]:
    """Every further refusal: none of a malformed field, nor for the lack of one.

    What is not given is as it ``stands``, or as in an empty form.
    """
    staying = {} if stands is None else {name: getattr(stands, name) for name in _TYPES}
    for name in malformed:
        staying.pop(name, None)
    well_formed: dict[str, Any] = {
        name: adapter.validate_python(given[name])
        for name, adapter in _TYPES.items()
        if name in given and name not in malformed
    }
    written = WrittenListing.model_construct(None, **_NOT_SAID | staying | well_formed)
    found = impossible_fields(written, categories=categories, now=now, before=before)
    return {name: refusal for name, refusal in found.items() if name not in malformed}
