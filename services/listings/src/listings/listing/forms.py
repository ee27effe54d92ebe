"""A listing as people write it, in the form and through the API alike, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from chassis.web.numbers import Unmistakable, clear
from chassis.web.refusal import Refusal, refuse
from chassis.web.text import PlainLine, PlainProse, Separated
from chassis.web.translation import mark
from listings.categories import category_of
from listings.listing.area import Area
from listings.listing.days import day_of, last_moment_of
from listings.listing.impossible import refusals_of
from listings.listing.lines import Lines
from listings.listing.listing import SHORTEST_DESCRIPTION, Listing
from listings.places import find_place, laender
from schemas.listing import ListingContent
from schemas.place import Amount, Category, ServiceArea
from schemas.vocabulary import Cooperation, Language, ListingKind, Visibility

VALID_DAYS = 90

Quantity = Annotated[
    Decimal,
    Unmistakable,
    Field(gt=0, max_digits=12, decimal_places=3),
    PlainSerializer(lambda value: clear(str(value)), return_type=str, when_used="json"),
]
"""Answered so that it is taken again."""


UNKNOWN_POSTCODE = Refusal(
    detail=mark("Diese Postleitzahl gibt es nicht."),
    remedy=mark("Schreiben Sie fünf Ziffern, zum Beispiel 18055, oder lassen Sie das Feld leer."),
)
UNKNOWN_LAND = Refusal(
    detail=mark("Mindestens eines dieser Bundesländer gibt es nicht."),
    remedy=mark("Schreiben Sie die Namen aus, zum Beispiel Mecklenburg-Vorpommern."),
)


def _known_postcode(text: str) -> str:
    if text and find_place(text) is None:
        raise refuse(UNKNOWN_POSTCODE)
    return text


def _known_laender(names: tuple[str, ...]) -> tuple[str, ...]:
    if not set(names) <= set(laender()):
        raise refuse(UNKNOWN_LAND)
    return names


class WrittenListing(BaseModel):
    """The fields of a listing; where a listing reaches is said by `area` and its details."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ListingKind = Field(title=mark("Art des Eintrags"))
    cooperation: Cooperation = Field(title=mark("Art der Zusammenarbeit"))
    category: str = Field(
        title=mark("Kategorie"),
        max_length=60,
        description="A slug of this exchange; an unknown one is answered with all there are.",
    )
    title: PlainLine = Field(title=mark("Titel"), min_length=5, max_length=120)
    description: PlainProse = Field(
        title=mark("Beschreibung"), min_length=SHORTEST_DESCRIPTION, max_length=4000
    )
    tags: Annotated[tuple[Annotated[PlainLine, Field(max_length=40)], ...], Separated] = Field(
        default=(), title=mark("Stichwörter"), max_length=10
    )
    quantity: Quantity | None = Field(default=None, title=mark("Menge"))
    unit: PlainLine = Field(default="", title=mark("Einheit"), max_length=40)
    minimum_quantity: Quantity | None = Field(default=None, title=mark("Mindestmenge"))
    needs: Annotated[tuple[Annotated[PlainLine, Field(max_length=200)], ...], Lines] = Field(
        default=(), title=mark("Weiterer Bedarf"), max_length=10
    )
    postcode: Annotated[PlainLine, AfterValidator(_known_postcode)] = Field(
        default="", title=mark("Postleitzahl"), max_length=5
    )
    area: Area | None = Field(default=None, title=mark("Einzugsgebiet"))
    radius_km: Annotated[int, Unmistakable, Field(ge=1, le=1000)] | None = Field(
        default=None, title=mark("Umkreis in Kilometern")
    )
    laender: Annotated[tuple[str, ...], AfterValidator(_known_laender)] = Field(
        default=(), title=mark("Bundesländer"), max_length=16
    )
    needed_by: date | None = Field(default=None, title=mark("Gebraucht bis"))
    available_from: date | None = Field(default=None, title=mark("Verfügbar ab"))
    valid_until: date | None = Field(default=None, title=mark("Gültig bis"))
    language: Language = Field(default=Language.GERMAN, title=mark("Sprache des Eintrags"))
    visibility: Visibility = Field(default=Visibility.PUBLIC, title=mark("Sichtbarkeit"))
    may_overflow: bool = Field(
        default=False, title=mark("Wenn sich hier niemand findet: auch Partnercluster fragen")
    )


class ListingRefused(Exception):
    """Fields that are well-formed and still impossible, each with its refusal."""

    def __init__(self, refusals: Mapping[str, Refusal]) -> None:
        super().__init__(", ".join(refusals))
        self.refusals = refusals


UNKNOWN_CATEGORY = Refusal(
    detail=mark("Diese Kategorie gibt es nicht."),
    remedy=mark("Wählen Sie eine Kategorie aus der Liste."),
    remedy_in_data=mark("Erlaubt ist: {known}."),
)


def content_of(
    written: WrittenListing,
    *,
    categories: tuple[Category, ...],
    now: datetime,
    before: Listing | None = None,
) -> ListingContent:
    """What the listing says; raises `ListingRefused` with every impossible field.

    What an edited listing said `before` about its first day stays possible after that day; its
    last day, unless another one is written, ends when it said.
    """
    category = category_of(categories, written.category)
    refusals = impossible_fields(written, categories=categories, now=now, before=before)
    if category is None or refusals:
        raise ListingRefused(refusals)
    return ListingContent(
        kind=written.kind,
        cooperation=written.cooperation,
        title=written.title,
        description=written.description,
        category=category,
        tags=written.tags,
        amount=_amount(written.quantity, written.unit),
        minimum_amount=_amount(written.minimum_quantity, written.unit),
        needs=written.needs,
        place=find_place(written.postcode) if written.postcode else None,
        service_area=_service_area(written),
        needed_by=written.needed_by,
        available_from=written.available_from,
        valid_until=_last_moment(written, before, now=now),
        language=written.language,
        visibility=written.visibility,
        may_overflow=written.may_overflow,
    )


def impossible_fields(
    written: WrittenListing,
    *,
    categories: tuple[Category, ...],
    now: datetime,
    before: Listing | None = None,
) -> dict[str, Refusal]:
    begun = () if before is None else before.first_days
    refusals = refusals_of(written, today=day_of(now), begun=begun)
    if category_of(categories, written.category) is None:
        return {"category": unknown_category(categories), **refusals}
    return refusals


def unknown_category(categories: tuple[Category, ...]) -> Refusal:
    return replace(UNKNOWN_CATEGORY, values={"known": ", ".join(each.slug for each in categories)})


def _last_moment(written: WrittenListing, before: Listing | None, *, now: datetime) -> datetime:
    last_day = written.valid_until or day_of(now) + timedelta(days=VALID_DAYS)
    said = before and (before.pending or before.content).valid_until
    if said and said > now and day_of(said) == last_day:
        return said
    return last_moment_of(last_day)


def _amount(value: Decimal | None, unit: str) -> Amount | None:
    return None if value is None else Amount(value=value, unit=unit)


def _service_area(written: WrittenListing) -> ServiceArea:
    match written.area:
        case Area.RADIUS:
            return ServiceArea(radius_km=written.radius_km)
        case Area.LAENDER:
            return ServiceArea(laender=written.laender)
        case Area.NATIONWIDE:
            return ServiceArea(nationwide=True)
        case None:
            return ServiceArea()
