"""Words that a listing only denies, in both languages, and words that it says elsewhere too."""

import pytest
from matching_builders import a_request, an_offer

from matching.denial import asserted, denied


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ("Wir füllen ab. Etikettierung gehört nicht zum Angebot.", {"Etikettierung"}),
        ("Menüs. Passierte Kost bieten wir nicht an.", {"Kost"}),
        ("Saatgut, Hanf bauen wir selbst nicht an.", {"Hanf"}),
        ("Salben. Hormone und Zytostatika nicht.", {"Hormone", "Zytostatika"}),
        ("Studien. Keine Tierversuche.", {"Tierversuche"}),
        ("Umbau; Deckenschienen lassen sich nicht montieren.", {"Deckenschienen"}),
        ("Filling. Labels are not included.", {"Labels"}),
        ("Firmware. Hardware is not ours.", {"Hardware"}),
        ("We do not sell firewalls, we test.", {"firewalls"}),
        ("Scales, no subscription.", {"subscription"}),
    ],
)
def test_what_an_offer_denies_is_known(description: str, words: set[str]) -> None:
    assert words <= denied(an_offer("Abfüllung", description))


@pytest.mark.parametrize(
    ("description", "word"),
    [
        ("Werkstoff, der nicht rostet.", "Werkstoff"),
        ("Salben nicht nur für Kliniken.", "Salben"),
        ("Labels in stock. Labels for freezers are not included.", "Labels"),
        ("Abfüllungen machen wir nicht am Sonntag.", "Abfüllungen"),
    ],
)
def test_what_is_said_elsewhere_or_not_denied_is_none(description: str, word: str) -> None:
    assert word not in denied(an_offer("Abfüllung", description))


def test_what_a_request_cannot_do_may_be_what_it_seeks() -> None:
    description = "Proben können wir nicht kühlen. Eigene Möbel lassen sich nicht stellen."

    words = denied(a_request("Kühllager", description))

    assert "Proben" not in words
    assert "Möbel" in words


def test_the_rest_is_asserted() -> None:
    offer = an_offer("Abfüllung", "Tuben und Dosen. Keine Etiketten nach EN 15593.")

    assert "Tuben und Dosen" in asserted(offer)
    assert "EN 15593" not in asserted(offer)
