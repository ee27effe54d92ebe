"""A line of a file of listings, and the listing that it writes."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chassis.web.numbers import Unmistakable
from chassis.web.refusal import refusal_of
from listings.imports import YesOrNo
from listings.listing.area import Area
from listings.listing.days import day_of
from listings.listing.file_row import FileRow
from listings.listing.forms import ListingRefused, WrittenListing
from listings.listing.impossible import FURTHEST_DAYS

COLUMN_OF_FIELD = {
    "radius_km": "service_area",
    "laender": "service_area",
    "area": "service_area",
    "needed_by": "needed_by_days",
    "valid_until": "valid_days",
}
_NAMES = {"external_id", "organisation_external_id", "member_external_id"}
Number = Annotated[str, Unmistakable]


class ListingRow(BaseModel):
    """The columns of the file; several tags, needs or Länder are separated by `|`."""

    model_config = ConfigDict(frozen=True)

    external_id: str = Field(max_length=100)
    organisation_external_id: str = Field(max_length=100)
    member_external_id: str | None = None
    kind: str
    cooperation: str
    title: str
    description: str
    category: str
    tags: str = ""
    quantity: Number | None = None
    unit: str = ""
    minimum_quantity: Number | None = None
    needs: str = ""
    postcode: str = ""
    city: str = Field(default="", max_length=120)
    service_area: str = Field(
        default="",
        pattern=r"^(nationwide|\d{1,4} km|[^\d]*)$",
        examples=["nationwide", "60 km", "Hamburg|Mecklenburg-Vorpommern"],
    )
    needed_by_days: int | None = Field(default=None, ge=0, le=FURTHEST_DAYS)
    valid_days: int = Field(default=90, ge=1, le=365)
    language: str = "de"
    visibility: str | None = None
    may_overflow: YesOrNo = False

    def said(self) -> FileRow:
        """What is kept of the line; a column that comes to the files later changes no digest."""
        text = self.model_dump_json(exclude=_NAMES, exclude_defaults=True)
        return FileRow(
            digest=sha256(text.encode()).hexdigest(),
            valid_days=self.valid_days,
            needed_by_days=self.needed_by_days,
            visibility=self.visibility,
        )


def written_listing(row: ListingRow, *, visibility: str, now: datetime) -> WrittenListing:
    today = day_of(now)
    days = row.needed_by_days
    fields = row.model_dump(
        exclude=_NAMES | {"city", "service_area", "needed_by_days", "valid_days", "tags", "needs"}
    )
    try:
        return WrittenListing.model_validate(
            fields
            | _area_fields(row.service_area)
            | {
                "visibility": visibility,
                "tags": _parts(row.tags),
                "needs": _parts(row.needs),
                "valid_until": today + timedelta(days=row.valid_days),
                "needed_by": None if days is None else today + timedelta(days=days),
            }
        )
    except ValidationError as error:
        refusals = {
            str(each["loc"][0]): refusal_of(each, for_programs=True) for each in error.errors()
        }
        raise ListingRefused(refusals) from None


def _area_fields(text: str) -> dict[str, object]:
    if text == "nationwide":
        return {"area": Area.NATIONWIDE}
    if text.endswith(" km"):
        return {"area": Area.RADIUS, "radius_km": text.removesuffix(" km")}
    return {"area": Area.LAENDER, "laender": _parts(text)} if text else {}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|") if part.strip()]
