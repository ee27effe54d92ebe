from datetime import date

import pytest
from matching_builders import a_reading, a_request, an_offer, unsplit

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.explanation import (
    NOTHING_KNOWN,
    Circumstances,
    Position,
    Reasons,
    distance_km,
)
from matching.explanation import reasons as reasons_by
from matching.known_words import KnownWords
from matching.lexicon import Lexicon
from matching.word_alignment import AlignedWords

ROSTOCK = Position(latitude=54.09, longitude=12.14)
SCHWERIN = Position(latitude=53.63, longitude=11.41)


def reasons(request: Analysis, offer: Analysis, known: Circumstances = NOTHING_KNOWN) -> Reasons:
    return reasons_by(request, offer, known, roots=Lexicon(unsplit).roots)


def test_the_words_that_met_are_shown_whole_and_once(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request("Masken und Atemschutz für die Klinik")))
    offer = version.analysed(a_reading(an_offer("Atemschutz, Masken, Filter: 20 Stück")))

    pairs = {(w.request_word, w.offer_word) for w in reasons(request, offer).words}

    assert pairs == {("Masken", "Masken"), ("Atemschutz", "Atemschutz")}


def test_no_more_than_three_words(version: AnalysisVersion) -> None:
    text = "Masken Filter Pumpen Ventile Betten Matratzen"
    request = version.analysed(a_reading(a_request(text)))

    assert len(reasons(request, version.analysed(a_reading(an_offer(text)))).words) == 3


def test_one_idea_is_shown_once_under_whatever_ending(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request("audit auditors Filter")))
    offer = version.analysed(a_reading(an_offer("auditors audit Filter")))

    asked = sorted(words.request_word for words in reasons(request, offer).words)

    assert len(asked) == 2
    assert asked[0] == "Filter"


def test_numbers_and_stop_words_are_no_reason(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request("500 für die")))
    offer = version.analysed(a_reading(an_offer("500 für die")))

    assert reasons(request, offer).words == ()


def test_where_the_two_are_is_no_reason(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request("Labor Wismar Filter")))
    offer = version.analysed(a_reading(an_offer("Filter Wismar Labor")))
    known = Circumstances(places=frozenset({"Wismar"}))

    assert {w.request_word for w in reasons(request, offer, known).words} == {"Labor", "Filter"}


def test_a_shared_designation_comes_first_and_whole(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request("Filter VDI 6022 Labor Proben")))
    offer = version.analysed(a_reading(an_offer("Proben Labor VDI 6022 Filter")))
    known = Circumstances(known_words=KnownWords(designations=("VDI 6022",)))

    first, *others = reasons(request, offer, known).words

    assert first == AlignedWords(request_word="VDI 6022", offer_word="VDI 6022")
    assert len(others) == 2
    assert "VDI" not in {each.request_word for each in others}


def test_a_designation_of_another_part_is_not_shown(version: AnalysisVersion) -> None:
    need = version.analysed(a_reading(a_request("Filter Labor")))
    offer = version.analysed(a_reading(an_offer("Labor VDI 6022 Filter")))
    known = Circumstances(known_words=KnownWords(designations=("VDI 6022",)))

    assert {w.request_word for w in reasons(need, offer, known).words} == {"Labor", "Filter"}


def test_what_one_side_denies_is_no_reason(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request("Labor Etiketten Filter")))
    offer = version.analysed(a_reading(an_offer("Filter Etiketten Labor")))
    denied = (frozenset[str](), frozenset({"Etiketten"}))
    known = Circumstances(known_words=KnownWords(denied=denied))

    assert {w.request_word for w in reasons(request, offer, known).words} == {"Labor", "Filter"}


def test_reasons_are_deterministic(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request("Labor Proben Filter")))
    offer = version.analysed(a_reading(an_offer("Filter Labor Proben")))

    assert reasons(request, offer) == reasons(request, offer)


def test_distance_stands_where_both_places_are_known(version: AnalysisVersion) -> None:
    request = version.analysed(a_reading(a_request("Labor")))
    offer = version.analysed(a_reading(an_offer("Labor")))
    known = Circumstances(request_position=ROSTOCK, offer_position=SCHWERIN)

    assert reasons(request, offer, known).distance_km == pytest.approx(70, abs=3)
    assert reasons(request, offer).distance_km is None


@pytest.mark.parametrize(("available", "shown"), [(1, True), (20, False)])
def test_dates_stand_where_they_fit(
    available: int, *, shown: bool, version: AnalysisVersion
) -> None:
    request = version.analysed(a_reading(a_request("Labor")))
    offer = version.analysed(a_reading(an_offer("Labor")))
    dates = Circumstances(needed_by=date(2026, 5, 10), available_from=date(2026, 5, available))

    assert (reasons(request, offer, dates).needed_by is not None) is shown


def test_no_distance_between_a_place_and_itself() -> None:
    assert distance_km(ROSTOCK, ROSTOCK) == 0
