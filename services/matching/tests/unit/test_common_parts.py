"""What two words have in common, in compounds read in the sample cluster."""

import pytest

from matching.common_parts import (
    Place,
    begins_with,
    letters_begun_alike,
    place_of,
    share_only_letters,
    stand_behind_particles,
    stands_inside,
)


@pytest.mark.parametrize(
    ("part", "word", "place"),
    [
        ("pump", "Pumpen", Place.WHOLE),
        ("pump", "Schlauchpumpen", Place.HEAD),
        ("pump", "Pumpkopf", Place.BEFORE_THE_HEAD),
        ("hygi", "Händehygiene", Place.HEAD),
        ("bank", "Behandlungsbänke", Place.HEAD),
        ("blind", "Doppelblindstudie", Place.BEFORE_THE_HEAD),
        ("mask", "FFP2-Maskenpolster", Place.BEFORE_THE_HEAD),
    ],
)
def test_a_part_is_the_word_its_head_or_what_it_is_about(
    part: str, word: str, place: Place
) -> None:
    assert place_of(part, word) is place


@pytest.mark.parametrize(
    ("part", "words", "behind"),
    [
        ("stand", ("Rückstände", "Unterstände"), True),
        ("stand", ("Rückstände", "Stillstände"), False),
        ("pump", ("Dosierpumpen", "Schlauchpumpen"), False),
        ("pump", ("Pumpen", "Pumpen"), False),
    ],
)
def test_particles_change_what_a_head_means(
    part: str, words: tuple[str, str], *, behind: bool
) -> None:
    assert stand_behind_particles(part, *words) is behind


def test_beginnings_are_compared_as_they_are_spoken() -> None:
    assert letters_begun_alike("mikrobiologisch", "microalgae") == len("micro")
    assert letters_begun_alike("Überbrückung", "Überlassung") == len("über")
    assert letters_begun_alike("Pumpe", "Pumpen") == len("Pumpe")


@pytest.mark.parametrize(
    ("one", "other", "only_letters"),
    [
        ("laboratory", "radiolabelled", True),
        ("Köchin", "chicken", True),
        ("tracers", "track", True),
        ("Blister", "Verblisterung", False),
        ("Speisen", "Mittagessen", False),
        ("heart", "Influenza", False),
    ],
)
def test_letters_in_common_may_be_all(one: str, other: str, *, only_letters: bool) -> None:
    assert share_only_letters(one, other) is only_letters


@pytest.mark.parametrize(
    ("part", "word", "inside"),
    [
        ("Ware", "Backwaren", True),
        ("Kliniken", "Rehaklinik", True),
        ("Zimmer", "zimmer", False),
        ("Material", "Metall", False),
    ],
)
def test_a_word_stands_inside_another_whatever_its_ending(
    part: str, word: str, *, inside: bool
) -> None:
    assert stands_inside(part, word) is inside


@pytest.mark.parametrize(
    ("one", "other", "begins"),
    [
        ("audit", "auditors", True),
        ("Auditorinnen", "audit", True),
        ("test", "tester", False),
        ("Pflegebett", "Pflegekraft", False),
    ],
)
def test_a_word_begins_with_another_that_is_long_enough(
    one: str, other: str, *, begins: bool
) -> None:
    assert begins_with(one, other) is begins
