"""Reasons of whole listings, read by the real encoders: what stood there once and made no sense."""

import pytest
from matching_builders import a_request, an_offer

from matching.engine import Engine
from matching.listing_text import ListingText
from matching.model import default_directory
from schemas.vocabulary import Language, ListingKind

pytestmark = pytest.mark.model

LANDING_PAD = a_request(
    "Befeuerung des Hubschrauberlandeplatzes erneuern",
    "Bei der letzten Befliegung wurden die Randleuchten und der beleuchtete Windsack beanstandet. "
    "Wir brauchen ein Fachunternehmen für luftfahrttaugliche Beleuchtung einschließlich Kabelweg, "
    "Notstrom und Abnahme durch die Behörde.",
)
PAVING = an_offer(
    "Gehwege, Rampen und Leitstreifen pflastern",
    "Abgesackte Platten vor dem Eingang werden für Rollatoren schnell zur Falle. Unser Trupp nimmt "
    "das alte Pflaster auf, verdichtet neu und setzt rutschhemmende Steine mit Fugen unter drei "
    "Millimetern. Taktile Leitelemente nach DIN 32984 verlegen wir ebenfalls.",
)
FORECOURT = a_request(
    "Krankenhausvorplatz ohne Stolperkanten",
    "Wir benötigen einen ebenen Natursteinbelag und einen Blindenleitstreifen.",
)
TRAYS = a_request(
    "Rutschfeste Tabletts zum Tragen mit einer Hand",
    "In unserer Werkstattkantine bedienen sich viele Gäste, die nur einen Arm nutzen können oder "
    "am Rollator gehen. Die üblichen Kunststofftabletts kippen. Wer kennt oder baut ein Modell mit "
    "Mittelgriff oder Befestigung am Gehwagen, das in die Spülmaschine darf?",
)
TABLETS = an_offer(
    "Wischfeste Tablets für Visite und Pflege",
    "Versiegelte 10-Zoll-Geräte mit Handschlaufe, Wechselakku und Barcodeleser, die tägliche "
    "Desinfektion und einen Sturz aus Hüfthöhe überstehen. Wir spielen Ihre Programme auf und "
    "richten die Geräteverwaltung ein.",
)
BLIND_STUDY = a_request(
    "Tabletten für eine Doppelblindstudie umpacken",
    "1.800 Patientenkärtchen, zwei Wirkstärken und Placebo, Nummerierung nach Zufallsliste.",
)
BRAILLE = an_offer(
    "Faltschachteln mit Blindenschrift und Erstöffnungsschutz",
    "Vierfarb-Offset, Inlineprägung, Packungsbeilagen bis 24 Falzungen.",
)
FOOD = a_request(
    "Appetitliches Essen für Bewohner mit Schluckstörung",
    "Brei in drei Farbklecksen ist uns zu trostlos. Wir brauchen 25 Portionen täglich, am liebsten "
    "auf Vorrat lagerbar. Unsere Köchin probiert gern vorab.",
)
MEALS = ListingText(
    kind=ListingKind.OFFER,
    title="Shaped puréed meals, IDDSI level 4 and 5",
    description=(
        "Looks like carrot, chicken or trout but can be crushed with the tongue. Deep-frozen "
        "portions, 28-day menu cycle, allergen sheets in German."
    ),
    category="laboratory",
    language=Language.ENGLISH,
)

NURSES = a_request(
    "Zwanzig examinierte Kräfte dauerhaft aus dem Ausland gewinnen",
    "Wir suchen eine seriöse Vermittlung, die Anerkennung und Einreise begleitet. Für die Zeit "
    "nach der Ankunft brauchen wir außerdem Deutschunterricht mit Stationsalltag. "
    "Fachkräftemangel.",
)
GERMAN_LESSONS = an_offer(
    "Deutsch für Pflege und Medizin, B1 bis C1",
    "Abend-, Online- und Intensivkurse mit Prüfungsvorbereitung, Kommunikation am Bett und "
    "Übergabe im Rollenspiel. Förderung über Berufssprachkurse möglich. B2, Fachsprachprüfung.",
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(default_directory())


def words_of(engine: Engine, request: ListingText, offer: ListingText) -> set[tuple[str, str]]:
    words = engine.reasons(engine.analyse(request), engine.analyse(offer)).words
    return {(pair.request_word, pair.offer_word) for pair in words}


@pytest.mark.parametrize(
    ("request_text", "offer"), [(LANDING_PAD, PAVING), (TRAYS, TABLETS), (BLIND_STUDY, BRAILLE)]
)
def test_where_only_letters_or_an_empty_part_met_no_word_is_shown(
    engine: Engine, request_text: ListingText, offer: ListingText
) -> None:
    assert words_of(engine, request_text, offer) == set()


@pytest.mark.parametrize(
    ("request_text", "offer", "pair"),
    [
        (FORECOURT, PAVING, ("Blindenleitstreifen", "Leitstreifen")),
        (FOOD, MEALS, ("Essen", "meals")),
    ],
)
def test_what_a_broker_would_point_at_is_shown(
    engine: Engine, request_text: ListingText, offer: ListingText, pair: tuple[str, str]
) -> None:
    assert pair in words_of(engine, request_text, offer)


def test_an_empty_part_does_not_stand_beside_a_reason(engine: Engine) -> None:
    words = words_of(engine, NURSES, GERMAN_LESSONS)

    assert ("Deutschunterricht", "Deutsch") in words
    assert ("Fachkräftemangel", "Fachsprachprüfung") not in words
