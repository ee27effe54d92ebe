"""Words from mapped tries against the library's own dictionaries."""

import csv
from pathlib import Path

import pytest
import simplemma
from marisa_trie import BytesTrie

from matching.dictionaries import TrieDictionary, is_known, lemma_of, load_dictionaries
from matching.model import checked_manifest, default_directory
from matching.model_compact import checked_compact
from matching.words import words_of

SAMPLE = Path(__file__).parents[4] / "deploy" / "embedded" / "sample" / "listings.csv"


def test_a_trie_answers_like_a_dictionary(tmp_path: Path) -> None:
    lemmas = {"Masken": "Maske", "masken": "maskieren", "Maske": "Maske"}
    BytesTrie((word, lemma.encode()) for word, lemma in lemmas.items()).save(str(tmp_path / "de"))

    found = TrieDictionary(tmp_path / "de")

    assert dict(found) == lemmas
    assert len(found) == len(lemmas)
    assert found.get("Mask") is None


@pytest.mark.parametrize(
    ("word", "language", "known"),
    [
        ("Pumpe", "de", True),
        ("pumpe", "de", True),
        ("Gera\u0308te", "de", True),
        ("Pumpfqx", "de", False),
        ("pump", "en", True),
    ],
)
def test_a_word_is_known_in_either_case_and_composed(
    word: str, language: str, *, known: bool
) -> None:
    assert is_known(word, language) is known


@pytest.mark.model
def test_every_word_of_the_sample_is_known_or_not_as_to_the_library() -> None:
    directory = default_directory()
    compact = checked_compact(directory, checked_manifest(directory))
    assert compact is not None
    load_dictionaries(compact.folder)

    for word in _words_and_their_parts():
        for language in ("de", "en"):
            assert is_known(word, language) == simplemma.is_known(word, lang=language), word
            assert lemma_of(word, language) == simplemma.lemmatize(word, lang=language), word


def _words_and_their_parts() -> set[str]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        texts = [row["title"] for row in csv.DictReader(file)]
    words = {word.text for text in texts for word in words_of(text)}
    return {word[start:] for word in words for start in range(len(word) - 2)}
