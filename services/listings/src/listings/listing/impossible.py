"""What is well-formed and still impossible in a listing: each such field with its refusal."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from chassis.web.refusal import Refusal
from chassis.web.translation import mark
from listings.listing.area import Area

LONGEST_VALID_DAYS = 365

RADIUS_MISSING = Refusal(
    detail=mark("Der Umkreis in Kilometern fehlt."),
    remedy=mark("Geben Sie an, wie weit Sie liefern oder suchen."),
)
CENTRE_MISSING = Refusal(
    detail=mark("Für einen Umkreis fehlt die Postleitzahl."),
    remedy=mark("Geben Sie die Postleitzahl an, um die es geht."),
)
LAENDER_MISSING = Refusal(
    detail=mark("Es ist kein Land ausgewählt."), remedy=mark("Wählen Sie mindestens ein Land.")
)
MORE_THAN_ALL = Refusal(
    detail=mark("„{label}“ ist größer als die Menge."),
    remedy=mark("Geben Sie höchstens die Menge an oder lassen Sie eines der Felder leer."),
)
PAST_DAY = Refusal(
    detail=mark("„{label}“ liegt in der Vergangenheit."),
    remedy=mark("Wählen Sie einen Tag ab heute."),
)
TOO_LATE = Refusal(
    detail=mark("„{label}“ liegt mehr als ein Jahr in der Zukunft."),
    remedy=mark("Wählen Sie einen früheren Tag; Sie können den Eintrag später verlängern."),
)


class Written(Protocol):
    """The fields that depend on each other or on the day."""

    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def minimum_quantity(self) -> Decimal | None: ...
    @property
    def postcode(self) -> str: ...
    @property
    def area(self) -> Area | None: ...
    @property
    def radius_km(self) -> int | None: ...
    @property
    def laender(self) -> tuple[str, ...]: ...
    @property
    def needed_by(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...


def refusals_of(written: Written, *, today: date) -> dict[str, Refusal]:
    found = _area_refusals(written) | _quantity_refusals(written)
    for name in ("needed_by", "valid_until"):
        day: date | None = getattr(written, name)
        if day is not None and day < today:
            found[name] = PAST_DAY
    latest = today + timedelta(days=LONGEST_VALID_DAYS)
    if written.valid_until is not None and written.valid_until > latest:
        found["valid_until"] = TOO_LATE
    return found


def _quantity_refusals(written: Written) -> dict[str, Refusal]:
    if written.quantity is None or written.minimum_quantity is None:
        return {}
    is_more = written.minimum_quantity > written.quantity
    return {"minimum_quantity": MORE_THAN_ALL} if is_more else {}


def _area_refusals(written: Written) -> dict[str, Refusal]:
    if written.area is Area.RADIUS and written.radius_km is None:
        return {"radius_km": RADIUS_MISSING}
    if written.area is Area.RADIUS and not written.postcode:
        return {"postcode": CENTRE_MISSING}
    if written.area is Area.LAENDER and not written.laender:
        return {"laender": LAENDER_MISSING}
    return {}
