import pytest

from matching.lexicon import Lexicon
from matching.words import says_something, word_at, words_of
from schemas.vocabulary import Language


def test_pieces_find_the_word_they_belong_to() -> None:
    words = words_of("FFP2-Masken für Schulen")

    assert word_at(words, 5, 8) == words[0]
    assert word_at(words, 11, 14) == words[1]
    assert word_at(words, 11, 12) is None


@pytest.mark.parametrize(
    ("word", "told"), [("Masken", True), ("für", False), ("500", False), ("ab", False)]
)
def test_only_telling_words_may_be_reasons(word: str, *, told: bool) -> None:
    assert says_something(word) is told


def test_a_compound_is_indexed_whole_and_in_parts() -> None:
    lexicon = Lexicon(lambda word: ("Schutz", "Masken") if word == "Schutzmasken" else ())

    assert lexicon.terms("die Schutzmasken", Language.GERMAN) == ("schutzmask", "schutz", "mask")


def test_english_words_are_stemmed_as_english() -> None:
    assert Lexicon(lambda _: ("never",)).terms("testing masks", Language.ENGLISH) == (
        "test",
        "mask",
    )
