"""Pairs of words as reasons: met in three sets of listings, and what a broker thought of them."""

import pytest

from matching.lexicon import Lexicon
from matching.word_pairs import Likeness, meets

PARTS = {
    "Dosierpumpen": ("dosier", "pumpen"),
    "Schlauchpumpen": ("schlauch", "pumpen"),
    "Haferlinie": ("hafer", "linie"),
    "Drohnenlinie": ("drohnen", "linie"),
    "Schaumverbände": ("schaum", "verbände"),
    "Rutschfeste": ("rutsch", "feste"),
    "Wischfeste": ("wisch", "feste"),
    "Hilfsmittel": ("hilfs", "mittel"),
    "Mittelgriff": ("mittel", "griff"),
    "Auftragnehmer": ("auftrag", "nehmer"),
    "Probenehmern": ("probe", "nehmern"),
    "Doppelblindstudie": ("doppel", "blindstudie", "blind", "studie"),
    "Blindenschrift": ("blind", "schrift"),
    "Rückenbeschwerden": ("rücken", "beschwerden"),
    "Rückenentlastung": ("rücken", "entlastung"),
    "Fachkräftemangel": ("fach", "kräfte", "mangel"),
    "Fachsprachprüfung": ("fach", "sprache", "prüfung"),
    "Fahrstühle": ("fahr", "stühle"),
    "Fahrerlose": ("fahr", "erlose"),
    "Rückstände": ("rück", "stände"),
    "Abzüge": ("ab", "züge"),
    "Laborumzüge": ("labor", "umzüge"),
    "Werkstattkantine": ("werk", "statt", "kantine"),
    "Werkstatt": ("werk", "statt"),
    "Druckdifferenzen": ("druck", "differenzen"),
    "Druckknopf": ("druck", "knopf"),
    "Haftbericht": ("haft", "bericht"),
    "Toxizitätstest": ("toxizitäts", "test"),
    "Jahrespauschale": ("jahres", "pauschale"),
    "Wartungspauschale": ("wartungs", "pauschale"),
    "Visitenwagen": ("visiten", "wagen"),
    "Anlagen": ("anlagen",),
    "Sauerstoff": ("sauer", "stoff"),
    "Kunststoff": ("kunst", "stoff"),
    "Aufnahmen": ("auf", "nahmen"),
    "Abnahmen": ("ab", "nahmen"),
}


def roots(word: str) -> frozenset[str]:
    return Lexicon(lambda part: PARTS.get(part, ())).roots(word)


def alike(
    nearest: float, throughout: float, whole: float = 0.55, *, mutual: bool = True
) -> Likeness:
    return Likeness(nearest=nearest, throughout=throughout, whole=whole, mutual=mutual)


NEAR = alike(0.86, 0.55)
HALF = alike(0.6, 0.49)
FAR = alike(0.5, 0.4)


@pytest.mark.parametrize(
    ("asked", "offered", "likeness", "shown"),
    [
        ("Dosierpumpen", "Schlauchpumpen", FAR, True),
        ("Verband", "Schaumverbände", FAR, True),
        ("Visitenwagen", "Visite", FAR, True),
        ("Rückenbeschwerden", "Rückenentlastung", alike(0.86, 0.33), True),
        ("Doppelblindstudie", "Blindenschrift", alike(0.73, 0.37), False),
        ("Fachkräftemangel", "Fachsprachprüfung", NEAR, False),
        ("Fahrstühle", "Fahrerlose", NEAR, False),
        ("Werkstattkantine", "Werkstatt", NEAR, False),
        ("Druckdifferenzen", "Druckknopf", NEAR, False),
        ("Sauerstoff", "Kunststoff", NEAR, False),
        ("Aufnahmen", "Abnahmen", NEAR, False),
        ("Haferlinie", "Drohnenlinie", NEAR, False),
        ("Mittelgriff", "Hilfsmittel", NEAR, False),
        ("Auftragnehmer", "Probenehmern", NEAR, False),
    ],
)
def test_words_meet_by_a_part_that_means_the_same_in_both(
    asked: str, offered: str, likeness: Likeness, *, shown: bool
) -> None:
    assert meets(asked, offered, likeness=likeness, roots=roots) is shown


@pytest.mark.parametrize(
    ("asked", "offered", "likeness", "shown"),
    [
        ("heart", "Herzschwäche", alike(0.71, 0.39), True),
        ("Grippewelle", "Influenza", HALF, True),
        ("wheelchairs", "Rollstuhlwerkstatt", alike(0.59, 0.43), True),
        ("Meer", "Marine", alike(0.65, 0.65), True),
        ("RS-Viren", "RSV", alike(0.82, 0.76), True),
        ("antibodies", "Antikörper", alike(0.78, 0.66, 0.68), True),
        ("Connecting", "Schnittstellen", alike(0.65, 0.55), True),
        ("Titanproben", "Kits", FAR, False),
        ("Wohnung", "WCs", alike(0.64, 0.64), False),
        ("hospitals", "Nurses", alike(0.6, 0.51, 0.42), False),
        ("emission", "electrical", alike(0.58, 0.53, mutual=False), False),
        ("Pflegeheimen", "Bewohnerplatz", NEAR, False),
        ("Rutschfeste", "Wischfeste", NEAR, False),
        ("Porengröße", "Losgrößen", NEAR, False),
        ("KIS-Migration", "KIS", alike(0.85, 0.35), True),
    ],
)
def test_words_meet_by_meaning(
    asked: str, offered: str, likeness: Likeness, *, shown: bool
) -> None:
    assert meets(asked, offered, likeness=likeness, roots=roots) is shown


@pytest.mark.parametrize(
    ("asked", "offered", "likeness"),
    [
        ("Tabletts", "Tablets", NEAR),
        ("ventilation", "Ventile", NEAR),
        ("mikrobiologisch", "microalgae", NEAR),
        ("Überbrückung", "Überlassung", alike(0.66, 0.38, 0.3)),
        ("shipments", "shippers", alike(0.84, 0.6, 0.58)),
        ("laboratory", "radiolabelled", alike(0.6, 0.44)),
        ("tracers", "track", alike(0.61, 0.47, 0.52)),
    ],
)
def test_words_that_only_look_alike_do_not_meet(
    asked: str, offered: str, likeness: Likeness
) -> None:
    assert not meets(asked, offered, likeness=likeness, roots=roots)


def test_two_vague_words_say_nothing_and_one_may_say_something() -> None:
    assert not meets("Ausrüstung", "Ausrüstung", likeness=NEAR, roots=roots)
    assert not meets("hospital", "healthcare", likeness=NEAR, roots=roots)
    assert not meets("Dienstag", "Monday", likeness=NEAR, roots=roots)
    assert meets("Pflegekräfte", "staff", likeness=NEAR, roots=roots)


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("Bericht", "Haftbericht"),
        ("Rehaklinik", "Kliniken"),
        ("Ware", "Backwaren"),
        ("Pauschale", "Jahrespauschale"),
        ("Raum", "Reinraum"),
        ("tests", "Hauttests"),
        ("Toxizitätstest", "In-vitro-Tests"),
        ("Jahrespauschale", "Wartungspauschale"),
    ],
)
def test_a_vague_part_is_no_reason(asked: str, offered: str) -> None:
    assert not meets(asked, offered, likeness=NEAR, roots=roots)


@pytest.mark.parametrize(
    ("asked", "offered", "shown"),
    [
        ("Hörakustiker", "Hörkabinen", False),
        ("leakage", "leachables", False),
        ("Frontplatte", "plates", False),
        ("endotoxins", "Toxinnachweis", True),
    ],
)
def test_pieces_alone_that_are_near_need_letters_to_bear_them_out(
    asked: str, offered: str, *, shown: bool
) -> None:
    likeness = alike(0.84, 0.45, 0.45)

    assert meets(asked, offered, likeness=likeness, roots=roots) is shown
