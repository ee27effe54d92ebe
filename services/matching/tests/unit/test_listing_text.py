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
    ],
)
def test_requests_lose_what_they_exclude(description: str, kept: str, excluded: str) -> None:
    text = prepared(a_request("Handschuhe", description))

    assert text.text == f"Handschuhe. {kept}"
    assert any(excluded in clause for clause in text.exclusions)


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
