"""What the cells of a file say beyond the text; a cell that is not understood hinders nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from matching.conditions import ANYWHERE, Conditions
from matching.places import Spot, find_spot, laender
from schemas.place import Amount, ServiceArea

HOW_TO_WRITE = {
    "postcode": "a German postcode of five digits",
    "quantity": "a number and its unit, such as 500 Stück",
    "minimum_quantity": "a number and its unit, such as 500 Stück",
    "service_area": "nationwide, a radius such as 60 km, or names of Länder separated by |",
    "needed_by": "a date such as 2026-12-31",
    "available_from": "a date such as 2026-12-31",
    "valid_days": "a whole number of days",
}
GROUPED = r"[1-9]\d{0,2}(?:(?P<mark>[.,\s])\d{3})(?:(?P=mark)\d{3})*(?!\d)"
"""Thousands, never behind a zero: 0.250 is a quarter."""
NUMBER = re.compile(
    rf"(?P<whole>{GROUPED}|\d+)(?:[.,](?P<part>\d+))?(?![.,\d])(?P<unit>.*)", re.DOTALL
)
RADIUS = re.compile(r"(\d{1,4})\s*km")
NATIONWIDE = {"nationwide", "bundesweit"}

Value = TypeVar("Value")


def conditions_in(row: Mapping[str, str]) -> tuple[Conditions, tuple[str, ...]]:
    """With the columns whose cells were not understood."""
    cells = _Cells(row)
    spot, amount = cells.read("postcode", _spot), cells.read("quantity", _amount)
    days = cells.read("valid_days", int)
    conditions = Conditions(
        organisation=row.get("organisation", "").casefold(),
        is_open=days is None or days > 0,
        amount=amount,
        minimum_amount=_in_unit_of(amount, cells.read("minimum_quantity", _amount)),
        needed_by=cells.read("needed_by", date.fromisoformat),
        available_from=cells.read("available_from", date.fromisoformat),
        area=cells.read("service_area", _area) or ANYWHERE,
        position=None if spot is None else spot.position,
        land="" if spot is None else spot.land,
    )
    return conditions, tuple(cells.doubtful)


class _Cells:
    """Reads cells and remembers which it could not."""

    def __init__(self, row: Mapping[str, str]) -> None:
        self._row = row
        self.doubtful: list[str] = []

    def read(self, column: str, reader: Callable[[str], Value]) -> Value | None:
        cell = self._row.get(column, "")
        try:
            return reader(cell) if cell else None
        except (ValueError, ArithmeticError):
            self.doubtful.append(column)
            return None


def _spot(cell: str) -> Spot:
    """Spreadsheets drop a leading zero."""
    spot = find_spot(cell.zfill(5))
    if spot is None:
        raise ValueError(cell)
    return spot


def _amount(cell: str) -> Amount:
    found = NUMBER.fullmatch(cell)
    if found is None:
        raise ValueError(cell)
    whole = re.sub(r"\D", "", found["whole"])
    return Amount(value=Decimal(f"{whole}.{found['part'] or 0}"), unit=found["unit"].strip())


def _in_unit_of(amount: Amount | None, minimum: Amount | None) -> Amount | None:
    """A bare minimum counts what the quantity counts."""
    if amount is None or minimum is None or minimum.unit:
        return minimum
    return minimum.model_copy(update={"unit": amount.unit})


def _area(cell: str) -> ServiceArea:
    if cell.casefold() in NATIONWIDE:
        return ServiceArea(nationwide=True)
    if radius := RADIUS.fullmatch(cell):
        return ServiceArea(radius_km=int(radius[1]))
    names = tuple(name.strip() for name in cell.split("|") if name.strip())
    if not set(names) <= laender():
        raise ValueError(cell)
    return ServiceArea(laender=names)
