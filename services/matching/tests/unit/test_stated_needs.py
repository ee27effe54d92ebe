"""What a request needs besides, as people write it in half a sentence."""

from hashlib import sha256

import pytest
from matching_builders import a_request, an_offer

from matching.listing_text import ListingText
from matching.shipped_background import shipped_listings
from matching.stated_needs import MOST, needs_of_request, stated_needs
from matching.weights import RECIPE
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
    ("description", "language"),
    [
        ("Hilfe auf Knopfdruck, zu jeder Stunde und auch nach einem Sturz im Bad.", "de"),
        ("Ein Fahrdienst, auch am Wochenende und in der Nacht.", "de"),
        ("Wäsche im Wochenrhythmus, auch bei Ausfall der Wäscherei.", "de"),
        ("A courier, also at the weekend and during the holidays.", "en"),
        ("Repairs on site, also after opening hours.", "en"),
    ],
)
def test_when_and_where_something_is_needed_is_no_need(description: str, language: str) -> None:
    assert stated(description, Language(language)) == ()


@pytest.mark.parametrize(
    ("description", "needs"),
    [
        ("We want pilot lots, plus access to patient serum for validation.",
         ("access to patient serum for validation",)),
        ("Monitoring of the study by a provider would also be welcome.",
         ("Monitoring of the study by a provider",)),
        ("Before that we want to train, so a partner for it is also welcome.",
         ("Before that we want to train, so a partner for it",)),
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


def test_needs_change_with_the_recipe_only() -> None:
    """An analysis is stored by its need's place: another list would quote a wrong one, or none."""
    needs = [
        "|".join(stated(entry.text.description, entry.text.language))
        for entry in shipped_listings()
    ]

    assert (RECIPE, sha256("\n".join(needs).encode()).hexdigest()[:16]) == (
        "Q6",
        "d0b1cd14ab217b40",
    )
