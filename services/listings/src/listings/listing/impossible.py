"""What is well-formed and still impossible in a listing: each such field with its refusal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from chassis.web.refusal import Refusal
from chassis.web.translation import mark
from listings.listing.area import Area
from schemas.vocabulary import ListingKind, Visibility

LONGEST_VALID_DAYS = 365
FURTHEST_DAYS = 3650

RADIUS_MISSING = Refusal(
    detail=mark("Der Umkreis in Kilometern fehlt."),
    remedy=mark("Geben Sie an, wie weit Sie liefern oder suchen."),
)
CENTRE_MISSING = Refusal(
    detail=mark("Für einen Umkreis fehlt die Postleitzahl."),
    remedy=mark("Geben Sie die Postleitzahl an, um die es geht."),
)
LAENDER_MISSING = Refusal(
    detail=mark("Es ist kein Bundesland ausgewählt."), remedy=mark("Wählen Sie mindestens eines.")
)
KIND_STAYS = Refusal(
    detail=mark("Aus einem Angebot wird kein Gesuch und umgekehrt."),
    remedy=mark("Beenden Sie diesen Eintrag und stellen Sie einen neuen ein."),
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
PAST_START = Refusal(
    detail=PAST_DAY.detail,
    remedy=mark("Wählen Sie einen Tag ab heute oder lassen Sie das Feld leer."),
)
REQUESTS_ONLY = Refusal(
    detail=mark("Partnercluster lassen sich nur nach einem Gesuch fragen."),
    remedy=mark("Nehmen Sie „{label}“ heraus."),
)
MEMBERS_ONLY = Refusal(
    detail=mark("Was nur angemeldete Mitglieder sehen, erfahren Partnercluster nicht."),
    remedy=mark("Machen Sie das Gesuch öffentlich, oder nehmen Sie „{label}“ heraus."),
)
TOO_FAR = Refusal(
    detail=mark("„{label}“ liegt mehr als 3650 Tage in der Zukunft."),
    remedy=mark("Wählen Sie einen früheren Tag oder lassen Sie das Feld leer."),
)


class Written(Protocol):
    """The fields that depend on each other or on the day."""

    @property
    def kind(self) -> ListingKind: ...
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
    def available_from(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def visibility(self) -> Visibility: ...
    @property
    def may_overflow(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days from today that a field may name."""

    past: Refusal
    most_days: int
    too_late: Refusal

    def refusal(self, day: date, *, today: date) -> Refusal | None:
        if day < today:
            return self.past
        return self.too_late if day > today + timedelta(days=self.most_days) else None


SPANS = {
    "needed_by": Span(past=PAST_DAY, most_days=FURTHEST_DAYS, too_late=TOO_FAR),
    "available_from": Span(past=PAST_START, most_days=FURTHEST_DAYS, too_late=TOO_FAR),
    "valid_until": Span(past=PAST_DAY, most_days=LONGEST_VALID_DAYS, too_late=TOO_LATE),
}


def refusals_of(
    written: Written, *, today: date, begun: Collection[date] = ()
) -> dict[str, Refusal]:
    """Every impossible field; `begun` are first days that may have passed since they were said."""
    days: dict[str, date | None] = {name: getattr(written, name) for name in SPANS}
    if days["available_from"] in begun:
        del days["available_from"]
    refused = {
        name: SPANS[name].refusal(day, today=today) for name, day in days.items() if day is not None
    }
    late = {name: refusal for name, refusal in refused.items() if refusal is not None}
    fields = _area_refusals(written) | _quantity_refusals(written) | _overflow_refusals(written)
    return fields | late


def _quantity_refusals(written: Written) -> dict[str, Refusal]:
    if written.quantity is None or written.minimum_quantity is None:
        return {}
    is_more = written.minimum_quantity > written.quantity
    return {"minimum_quantity": MORE_THAN_ALL} if is_more else {}


def _overflow_refusals(written: Written) -> dict[str, Refusal]:
    if not written.may_overflow:
        return {}
    if written.kind is ListingKind.OFFER:
        return {"may_overflow": REQUESTS_ONLY}
    return {"may_overflow": MEMBERS_ONLY} if written.visibility is Visibility.CLUSTER else {}


def _area_refusals(written: Written) -> dict[str, Refusal]:
    if written.area is Area.LAENDER and not written.laender:
        return {"laender": LAENDER_MISSING}
    if written.area is not Area.RADIUS:
        return {}
    missing = {} if written.postcode else {"postcode": CENTRE_MISSING}
    return missing if written.radius_km else {"radius_km": RADIUS_MISSING, **missing}
