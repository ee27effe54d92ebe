import pytest
from matching_builders import a_request, an_offer

from matching.listing_text import plain, prepared


@pytest.mark.parametrize(
    ("description", "kept", "excluded"),
    [
        ("Ab Mai. Keine Sonderposten, bitte anrufen.", "Ab Mai. , bitte anrufen.", "Sonderposten"),
        ("Textilpflege ist nicht gewünscht. Nur Leihe.", ". Nur Leihe.", "Textilpflege"),
        ("New units, no refurbished ones.", "New units, .", "refurbished"),
        ("Alles außer Latex; Größe M.", "Alles ; Größe M.", "Latex"),
        ("Fräsen. Spritzguss scheidet aus.", "Fräsen..", "Spritzguss"),
        ("Neue Spender brauchen wir nicht. Nur Zähler.", ". Nur Zähler.", "Spender"),
        ("Leasing kommt nicht in Frage.", ".", "Leasing"),
        ("Tests, consultants need not apply.", "Tests,.", "consultants"),
        ("We do not need coatings.", "We .", "coatings"),
        ("Tubes. No -80 freezers.", "Tubes. .", "-80 freezers"),
    ],
)
def test_requests_lose_what_they_exclude(description: str, kept: str, excluded: str) -> None:
    text = prepared(a_request("Handschuhe", description))

    assert text.text == f"Handschuhe. {kept}"
    assert any(excluded in clause for clause in text.exclusions)


@pytest.mark.parametrize(
    "description",
    [
        "Wir haben keine eigene Lackiererei.",
        "Wir fertigen Gehäuse, haben aber keine eigene Pulverbeschichtung.",
        "Bei uns gibt es keinen Sterilisator mehr.",
        "Wir verfügen selbst über keine Spritzgießmaschine.",
        "Da wir keine Näherei haben, suchen wir eine.",
        "Unser kleiner Betrieb hat keinen Kran.",
        "Wir finden keine Näherei.",
        "We have no paint shop of our own.",
        "There is no supplier of respirators nearby.",
        "Our company has no crane.",
        "Mittagessen außer Haus.",
        "Pumpe no. 5.",
    ],
)
def test_what_somebody_lacks_is_not_ruled_out(description: str) -> None:
    text = prepared(a_request("Gesuch", description))

    assert text.text == f"Gesuch. {description}"
    assert text.exclusions == ()


@pytest.mark.parametrize(
    "description",
    [
        "Wir haben keine Verwendung für Latex.",
        "We have no use for latex.",
        "Handschuhe, die kein Latex haben.",
        "Das Mittel darf kein Latex enthalten.",
        "Wir brauchen kein Latex.",
    ],
)
def test_what_somebody_has_no_use_for_is_ruled_out(description: str) -> None:
    assert any("atex" in clause for clause in prepared(a_request("Gesuch", description)).exclusions)


def test_offers_keep_every_word() -> None:
    text = prepared(an_offer("Röntgen", "Keine Tiermedizin."))

    assert text.text == "Röntgen. Keine Tiermedizin."
    assert text.exclusions == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>FFP2&nbsp;<b>Masken</b></p>", "FFP2 Masken"),
        ("a < b und b > a", "a < b und b > a"),
        ("\u202eשלום\x00 עולם", "שלום עולם"),
        ("  zwei\n\tZeilen ", "zwei Zeilen"),
        ("", ""),
    ],
)
def test_mark_up_and_control_characters_vanish(written: str, read: str) -> None:
    assert plain(written) == read


def test_a_title_alone_is_the_whole_text() -> None:
    text = prepared(an_offer("Masken"))

    assert (text.text, text.title_end) == ("Masken", 6)
