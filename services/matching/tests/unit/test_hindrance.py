"""What keeps two listings apart whatever they say, one row a field."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from kept_listing_builders import ROSTOCK, START, WISMAR, a_request, an_offer

from matching.hindrance import Hindrance, hindrance
from matching.kept_listing import KeptListing
from matching.lexicon import Lexicon
from schemas.listing import ListingCreated
from schemas.place import Amount, ServiceArea

OWN = uuid4()
PARTS = {
    "Unterhaltsreinigung": ("unterhalts", "reinigung"),
    "Textilpflege": ("textil", "pflege"),
    "Pflegebetten": ("pflege", "betten"),
    "Gebrauchtgeräte": ("gebraucht", "geräte"),
}


def kept(listing: ListingCreated, *, live: bool = True) -> KeptListing:
    return KeptListing(
        listing_id=listing.listing_id,
        organisation_id=listing.organisation_id,
        revision=listing.revision,
        live=live,
        content=listing.content,
    )


def pieces(value: int, unit: str = "Stück") -> Amount:
    return Amount(value=Decimal(value), unit=unit)


@pytest.mark.parametrize(
    ("asked", "offered", "why"),
    [
        ({}, {}, None),
        ({"organisation_id": OWN}, {"organisation_id": OWN}, Hindrance.SAME_ORGANISATION),
        ({}, {"valid_until": START}, Hindrance.CLOSED),
        (
            {"needed_by": date(2026, 4, 1)},
            {"available_from": date(2026, 4, 2)},
            Hindrance.TOO_LATE,
        ),
        ({"needed_by": date(2026, 4, 2)}, {"available_from": date(2026, 4, 2)}, None),
        ({"needed_by": date(2026, 4, 2)}, {}, None),
        ({"amount": pieces(20)}, {"minimum_amount": pieces(21)}, Hindrance.BELOW_MINIMUM),
        ({"amount": pieces(20, "stück ")}, {"minimum_amount": pieces(21)}, Hindrance.BELOW_MINIMUM),
        ({"amount": pieces(21)}, {"minimum_amount": pieces(21)}, None),
        ({"amount": pieces(20)}, {"minimum_amount": pieces(21, "Kartons")}, None),
        ({}, {"minimum_amount": pieces(21)}, None),
        ({}, {"service_area": ServiceArea(radius_km=20)}, Hindrance.OUT_OF_AREA),
        ({}, {"service_area": ServiceArea(radius_km=80)}, None),
        ({}, {"service_area": ServiceArea(laender=("Hessen",))}, Hindrance.OUT_OF_AREA),
        ({}, {"service_area": ServiceArea(laender=("Mecklenburg-Vorpommern",))}, None),
        ({}, {"service_area": ServiceArea(radius_km=80, laender=("Hessen",))}, None),
        ({}, {"service_area": ServiceArea(radius_km=20, nationwide=True)}, None),
        ({"place": None}, {"service_area": ServiceArea(radius_km=20)}, None),
        ({}, {"service_area": ServiceArea(radius_km=20), "place": None}, None),
    ],
)
def test_the_fields_say_why_not(
    asked: dict[str, Any], offered: dict[str, Any], why: Hindrance | None
) -> None:
    request = kept(a_request(**{"place": ROSTOCK} | asked))
    offer = kept(an_offer(**{"place": WISMAR} | offered))

    assert hindrance(request, offer, now=START) is why


def test_a_paused_listing_is_closed() -> None:
    found = hindrance(kept(a_request()), kept(an_offer(), live=False), now=START)

    assert found is Hindrance.CLOSED


def test_a_further_need_has_no_amount_of_its_own() -> None:
    request = kept(a_request(amount=pieces(1)))
    offer = kept(an_offer(minimum_amount=pieces(50)))

    assert hindrance(request, offer, now=START + timedelta(days=1), need="Schläuche") is None


@pytest.mark.parametrize(
    ("text", "title", "excluded"),
    [
        ("Gesucht: Nitrilhandschuhe. Keine Latexhandschuhe.", "Latexhandschuhe, puderfrei", True),
        ("Gesucht: Nitrilhandschuhe. Keine Latexhandschuhe.", "Nitrilhandschuhe", False),
        ("Tatort reinigen, keine Unterhaltsreinigung.", "Unterhalts- und OP-Reinigung", True),
        ("Schürzen. Angebote für Textilpflege nicht gewünscht.", "Pflegebetten mieten", False),
        ("Pumpen, auch gebraucht, keine Pumpen für Gärten.", "Pumpen für Labore", False),
        ("Latexhandschuhe", "Latexhandschuhe", False),
    ],
)
def test_an_offer_of_what_is_ruled_out_is_excluded(
    text: str, title: str, *, excluded: bool
) -> None:
    roots = Lexicon(lambda word: PARTS.get(word, ())).roots
    request = kept(a_request("Gesuch", text, needs=("Schläuche",)))
    offer = kept(an_offer(title, "Ab Lager."))
    expected = Hindrance.EXCLUDED if excluded else None

    assert hindrance(request, offer, now=START, roots=roots) is expected
    assert hindrance(request, offer, now=START, need="stated", roots=roots) is expected
    assert hindrance(request, offer, now=START, need="Schläuche", roots=roots) is None


@pytest.mark.parametrize(
    ("text", "title", "tags", "excluded"),
    [
        ("Analyser to practise on; no patient samples.", "Lifts for patients", (), False),
        ("Analyser to practise on; no patient samples.", "Patient samples", (), True),
        ("Analyser to practise on; no patient samples.", "Serum", ("Samples",), True),
        ("Firmware testen. Keine Schulung und kein Verkauf.", "Schulung für Tester", (), True),
        ("Firmware testen. Keine Schulung und kein Verkauf.", "Schulungsräume", (), False),
        ("A lift. No device worn by the carers.", "Dogs for carers", (), False),
        ("A lift. No device worn by the carers.", "Exoskeletons worn by carers", (), True),
        ("Monitors. No refurbished monitors or printers.", "Monitors", ("refurbished",), True),
        ("Monitors. No refurbished monitors or printers.", "Monitors", ("new",), False),
        ("Monitors. No refurbished monitors or printers.", "Used printers", (), True),
        ("Blutgas messen. Keine Gebrauchtgeräte.", "Analysator", ("gebraucht",), False),
        ("Wärmezähler. Keine Gas- und Wasserzähler.", "Gas für Labore", (), False),
        ("Analyser to practise on; no patients.", "Lifts for patients", (), False),
    ],
)
def test_all_of_a_phrase_rules_out_by_title_and_tags(
    text: str, title: str, tags: tuple[str, ...], *, excluded: bool
) -> None:
    roots = Lexicon(lambda word: PARTS.get(word, ())).roots
    request = kept(a_request("Gesuch", text))
    offer = kept(an_offer(title, "Ab Lager.", tags=tags))

    assert (hindrance(request, offer, now=START, roots=roots) is not None) is excluded
