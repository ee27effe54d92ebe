"""What a file's cells say of whom a listing can meet, one row a way to write it."""

from datetime import date
from decimal import Decimal

import pytest

from matching.file_conditions import HOW_TO_WRITE, conditions_in
from schemas.place import Amount, ServiceArea


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("500 Stück", "500", "Stück"),
        ("500", "500", ""),
        ("1.500 Stück", "1500", "Stück"),
        ("60,000 pieces", "60000", "pieces"),
        ("12 000 kg", "12000", "kg"),
        ("2,5 t", "2.5", "t"),
        ("0.25 litres", "0.25", "litres"),
        ("0.250 t", "0.25", "t"),
        ("1.500,75 EUR", "1500.75", "EUR"),
        ("1 000.50 EUR", "1000.5", "EUR"),
        ("10 000 000,00 Stück", "10000000", "Stück"),
        ("2 3D-Drucker", "2", "3D-Drucker"),
        ("2 40-Fuß-Container", "2", "40-Fuß-Container"),
        ("3 20 ft", "3", "20 ft"),
        ("1200Stück", "1200", "Stück"),
    ],
)
def test_quantities_are_read_as_people_write_them(cell: str, value: str, unit: str) -> None:
    conditions, doubtful = conditions_in({"quantity": cell})

    assert conditions.amount == Amount(value=Decimal(value), unit=unit)
    assert doubtful == ()


def test_a_bare_minimum_counts_what_the_quantity_counts() -> None:
    conditions, _ = conditions_in({"quantity": "900 Stück", "minimum_quantity": "50"})

    assert conditions.minimum_amount == Amount(value=Decimal(50), unit="Stück")


@pytest.mark.parametrize(
    ("cell", "area"),
    [
        ("", ServiceArea()),
        ("nationwide", ServiceArea(nationwide=True)),
        ("60 km", ServiceArea(radius_km=60)),
        ("Hamburg | Sachsen", ServiceArea(laender=("Hamburg", "Sachsen"))),
    ],
)
def test_an_area_is_a_radius_laender_or_everywhere(cell: str, area: ServiceArea) -> None:
    assert conditions_in({"service_area": cell}) == (conditions_in({})[0].__class__(area=area), ())


def test_a_postcode_tells_place_and_land_even_without_its_zero() -> None:
    whole, cut = conditions_in({"postcode": "01067"}), conditions_in({"postcode": "1067"})

    assert whole == cut
    assert whole[0].land == "Sachsen"
    assert whole[0].position is not None


def test_dates_and_days_are_read() -> None:
    conditions, doubtful = conditions_in({"needed_by": "2026-12-31", "valid_days": "0"})

    assert (conditions.needed_by, conditions.is_open) == (date(2026, 12, 31), False)
    assert doubtful == ()


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("postcode", "99999"),
        ("quantity", "nach Absprache"),
        ("quantity", "5.00.0 Stück"),
        ("quantity", "20, 30 Stück"),
        ("quantity", "1.50,000 Stück"),
        ("quantity", "5 " + "x" * 41),
        ("quantity", "1" * 30),
        ("minimum_quantity", "einige"),
        ("service_area", "rund um Rostock"),
        ("service_area", "9999 km"),
        ("needed_by", "Weihnachten"),
        ("available_from", "31.12.2026"),
        ("valid_days", "lange"),
    ],
)
def test_what_is_not_understood_is_named_and_hinders_nothing(column: str, cell: str) -> None:
    assert conditions_in({column: cell}) == (conditions_in({})[0], (column,))
    assert column in HOW_TO_WRITE
