"""What a request needs besides, as people write it in half a sentence."""

import pytest
from matching_builders import a_request, an_offer

from matching.listing_text import ListingText
from matching.stated_needs import MOST, needs_of_request, stated_needs
from schemas.vocabulary import Language


def stated(description: str, language: Language = Language.GERMAN) -> tuple[str, ...]:
    request = a_request("Gesuch", description)
    return stated_needs(
        ListingText(
            kind=request.kind,
            title=request.title,
            description=description,
            category=request.category,
            language=language,
        )
    )


@pytest.mark.parametrize(
    ("description", "needs"),
    [
        ("Wir brauchen Tüten, außerdem würden wir gern ein gebrauchtes Gerät übernehmen.",
         ("ein gebrauchtes Gerät übernehmen",)),
        ("Muster aus Kunststoff, später auch Anschlussstücke und Nachweise zur Verträglichkeit.",
         ("Anschlussstücke", "Nachweise zur Verträglichkeit")),
        ("Karton mit Brailleschrift und eine Freigabeperson fehlen uns ebenfalls.",
         ("Karton mit Brailleschrift", "eine Freigabeperson")),
        ("Auch die Stelle für den Datenschutz ist unbesetzt.",
         ("die Stelle für den Datenschutz",)),
        ("Auch für die Hände brauchen wir Nachschub in Großgebinden.",
         ("für die Hände Nachschub in Großgebinden",)),
        ("Etwa 3.000 Spritzen sowie gekühlten Transport zu den Zentren.",
         ("gekühlten Transport zu den Zentren",)),
        ("Unterstützung beim Förderantrag erwünscht.", ("Unterstützung beim Förderantrag",)),
        ("Gern mit regionalen Früchten.", ("regionalen Früchten",)),
    ],
)  # fmt: skip
def test_german_half_sentences(description: str, needs: tuple[str, ...]) -> None:
    assert stated(description) == needs


@pytest.mark.parametrize(
    ("description", "needs"),
    [
        ("We want pilot lots, plus access to patient serum for validation.",
         ("access to patient serum for validation",)),
        ("Monitoring of the study by a provider would also be welcome.",
         ("Monitoring of the study by a provider",)),
        ("Five lathes. We also need a crane operator.", ("a crane operator",)),
    ],
)  # fmt: skip
def test_english_half_sentences(description: str, needs: tuple[str, ...]) -> None:
    assert stated(description, Language.ENGLISH) == needs


@pytest.mark.parametrize(
    "description",
    ["", "Wir suchen eine Näherei.", "Auch nicht aus Kunststoff.", "Außerdem kein Latex.",
     "Auch erst einmal probeweise.", "Dazu bitte melden.", "Zwei Tage, auch am Wochenende nie."],
)  # fmt: skip
def test_what_names_no_further_thing_is_none(description: str) -> None:
    assert stated(description) == ()


def test_no_text_yields_more_than_a_few() -> None:
    assert len(stated("Auch Pumpen. " + " ".join(f"Auch Ventil{n}." for n in range(500)))) == MOST


def test_a_sentence_without_end_is_no_half_sentence() -> None:
    assert stated("Auch " + "Pumpen für Säuren " * 200) == ()


def test_lines_come_first_and_nothing_twice() -> None:
    request = a_request("Labor", "Außerdem Pumpen für Säuren. Zudem Ventile aus Stahl.")

    assert needs_of_request(request, ["Schläuche", "Pumpen für Säuren"]) == (
        "Schläuche", "Pumpen für Säuren", "Ventile aus Stahl",
    )  # fmt: skip


def test_an_offer_needs_nothing() -> None:
    assert needs_of_request(an_offer("Labor", "Außerdem Pumpen."), ["Schläuche"]) == ()
