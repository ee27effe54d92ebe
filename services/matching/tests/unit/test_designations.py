"""Norms, classes and types that two listings name, and numbers that are none."""

import pytest

from matching.designations import is_named_in, pieces_of, shared_designations


@pytest.mark.parametrize(
    ("asked", "offered", "shown"),
    [
        ("48 Türen, T30, im Bestand", "Zulassung für T30 und T90, Wartung", ("T30",)),
        ("Hosting with a C5 report", "Rechenzentrum, C5, zwei Orte", ("C5",)),
        ("geprüft nach EN 14476 und mit Gutachten", "Tests to EN14476.", ("EN 14476",)),
        ("DIN EN ISO 13485:2016", "ISO 13485", ("ISO 13485",)),
        ("VDI 6022", "Luftprobe (VDI-6022)", ("VDI 6022",)),
        ("Level B1, B2 exam", "Deutsch B2", ("B2",)),
        ("FFP2-Masken", "Masks, FFP2", ("FFP2",)),
        ("HL7/FHIR", "HL7 interfaces", ("HL7",)),
        ("ISO 8655-6", "ISO 8655-6", ("ISO 8655-6",)),
        ("ISO 8655-6", "ISO 8655", ()),
        ("EN 455, T30", "T30, EN 455", ("EN 455", "T30")),
    ],
)
def test_what_both_name_is_shared_however_it_is_spelled(
    asked: str, offered: str, shown: tuple[str, ...]
) -> None:
    assert shared_designations(asked, offered) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Lieferung Q3 2026",
        "Ab KW 12",
        "MAI 2026",
        "EUR 500",
        "D-18055 Rostock",
        "DE 18055",
        "TEL 0381 4920",
        "TEL 03814920",
        "PE 200 l",
        "PE 20 Stück",
        "UV-C 254 nm",
        "USP 2,5",
        "Klasse D 20",
        "grade 5",
        "500 Stück",
    ],
)
def test_dates_amounts_postcodes_and_phone_numbers_are_none(text: str) -> None:
    assert shared_designations(text, text) == ()


def test_a_designation_belongs_to_the_part_whose_terms_hold_its_number() -> None:
    assert is_named_in("EN 14476", ("handschuh", "14476"))
    assert is_named_in("T30", ("t30",))
    assert not is_named_in("T30", ("t300",))


def test_its_pieces_are_words_of_a_text() -> None:
    assert pieces_of("VDI 6022") == {"vdi 6022", "vdi6022", "vdi", "6022"}
