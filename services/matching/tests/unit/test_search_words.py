"""What a search's words find: all of them said, compounds by their parts, several by meaning."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from matching_builders import WordEncoder, an_offer

from matching.analysis_version import AnalysisVersion
from matching.engine import Engine
from matching.lexicon import Lexicon
from matching.searches.fitting import fits, telling_words
from matching.searches.search import ReadSearch, SavedSearch
from schemas.vocabulary import Language, ListingKind

PARTS = {"schlauchpumpen": ("schlauch", "pumpen"), "dosierpumpe": ("dosier", "pumpe")}


def split(word: str) -> tuple[str, ...]:
    return PARTS.get(word.casefold(), ())


def a_search(words: str) -> SavedSearch:
    return SavedSearch(
        search_id=uuid4(),
        member_id=uuid4(),
        revision=1,
        words=words,
        language=Language.GERMAN,
        kind=ListingKind.OFFER,
        category=None,
        around=None,
        created_at=datetime(2026, 3, 20, tzinfo=UTC),
    )


def found(version: AnalysisVersion, words: str, offer: str) -> bool:
    engine = Engine(encoder=WordEncoder(), lexicon=Lexicon(split), version=version)
    search = a_search(words)
    read = ReadSearch(search=search, analysis=engine.analyse(search.text()))
    return fits(engine, read, [engine.analyse(an_offer(offer))])


@pytest.mark.parametrize(
    ("words", "offer", "expected"),
    [("Pumpe", "Pumpen ab Lager", True), ("Pumpe", "Schlauchpumpen ab Lager", True),
     ("Dosierpumpe", "Pumpe zum dosier", True), ("Dosierpumpe", "Pumpe ab Lager", False),
     ("FFP2-Masken", "Masken der Klasse FFP2", True), ("Rotor", "Schlauchpumpen", False),
     ("Pumpen im Lager", "Pumpen ab Lager", True)],
)  # fmt: skip
def test_words_are_found_whole_and_by_their_parts(
    version: AnalysisVersion, words: str, offer: str, *, expected: bool
) -> None:
    assert found(version, words, offer) is expected


def test_several_words_count_by_meaning_one_does_not(version: AnalysisVersion) -> None:
    theme = "pumpen dosierung ventile"

    assert found(version, f"{theme} gesucht", theme)
    assert not found(version, "pumpenfabrik", theme)


def test_without_an_analysis_words_still_count(version: AnalysisVersion) -> None:
    engine = Engine(encoder=WordEncoder(), lexicon=Lexicon(split), version=version)
    read = ReadSearch(search=a_search("Pumpe"), analysis=None)

    assert fits(engine, read, [engine.analyse(an_offer("Pumpen ab Lager"))])


def test_stop_words_are_not_looked_for() -> None:
    assert telling_words("Pumpen für das Labor") == ("Pumpen", "Labor")
    assert telling_words("der die das") == ("der", "die", "das")
