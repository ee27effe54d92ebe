"""Words as reasons: pairs read in the sample cluster, and what a broker thought of them."""

import pytest

from matching.lexicon import Lexicon
from matching.wording import Likeness, meets, tells_something

PARTS = {
    "Dosierpumpen": ("dosier", "pumpen"),
    "Schlauchpumpen": ("schlauch", "pumpen"),
    "Haferlinie": ("hafer", "linie"),
    "Drohnenlinie": ("drohnen", "linie"),
    "Verband": (),
    "Schaumverbände": ("schaum", "verbände"),
    "Rutschfeste": ("rutsch", "feste"),
    "Wischfeste": ("wisch", "feste"),
    "Hilfsmittel": ("hilfs", "mittel"),
    "Mittelgriff": ("mittel", "griff"),
    "Auftragnehmer": ("auftrag", "nehmer"),
    "Probenehmern": ("probe", "nehmern"),
}
NEAR = Likeness(nearest=0.86, throughout=0.55)
HALF = Likeness(nearest=0.6, throughout=0.49)
FAR = Likeness(nearest=0.5, throughout=0.4)


def roots(word: str) -> frozenset[str]:
    return Lexicon(lambda part: PARTS.get(part, ())).roots(word)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("Atemschutzmasken", True),
        ("FFP2", True),
        ("nitinol", True),
        ("pellets", True),
        ("Winter", False),
        ("Kilogramm", False),
        ("mg/kg", False),
        ("lackieren", False),
        ("gewöhnlichen", False),
        ("Neue", False),
        ("Frühzeitig", False),
        ("days", False),
        ("Geräte", False),
        ("Quadratmeter", False),
        ("ISO", False),
        ("500", False),
    ],
)
def test_only_things_and_activities_are_told(word: str, *, told: bool) -> None:
    assert tells_something(word) is told


@pytest.mark.parametrize(
    ("asked", "offered", "likeness", "shown"),
    [
        ("Dosierpumpen", "Schlauchpumpen", FAR, True),
        ("Verband", "Schaumverbände", FAR, True),
        ("heart", "Herzschwäche", Likeness(nearest=0.71, throughout=0.39), True),
        ("Grippewelle", "Influenza", HALF, True),
        ("Titanproben", "Kits", FAR, False),
        ("Haferlinie", "Drohnenlinie", NEAR, False),
        ("Rutschfeste", "Wischfeste", NEAR, False),
        ("Mittelgriff", "Hilfsmittel", NEAR, False),
        ("Auftragnehmer", "Probenehmern", NEAR, False),
        ("Pflegeheimen", "Bewohnerplatz", NEAR, False),
        ("Wohnung", "WCs", Likeness(nearest=0.64, throughout=0.64), False),
        ("Meer", "Marine", Likeness(nearest=0.65, throughout=0.65), True),
        ("RS-Viren", "RSV", Likeness(nearest=0.82, throughout=0.76), True),
        ("Porengröße", "Losgrößen", NEAR, False),
        ("Tabletts", "Tablets", NEAR, False),
        ("ventilation", "Ventile", NEAR, False),
        ("microbiological", "microalgae", NEAR, False),
    ],
)
def test_words_meet_by_a_common_root_or_by_meaning(
    asked: str, offered: str, likeness: Likeness, *, shown: bool
) -> None:
    assert meets(asked, offered, likeness=likeness, roots=roots) is shown
