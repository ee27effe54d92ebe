"""Words as reasons: read in the sample cluster, and what a broker thought of them."""

import pytest

from matching.wording import names_a_thing, tells_something


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("Atemschutzmasken", True),
        ("FFP2", True),
        ("nitinol", True),
        ("pellets", True),
        ("Winter", False),
        ("Kilogramm", False),
        ("mg/kg", False),
        ("lackieren", False),
        ("gewöhnlichen", False),
        ("Neue", False),
        ("Frühzeitig", False),
        ("days", False),
        ("Geräte", False),
        ("Quadratmeter", False),
        ("ISO", False),
        ("500", False),
    ],
)
def test_only_things_and_activities_are_told(word: str, *, told: bool) -> None:
    assert tells_something(word) is told


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("Leitstreifen", True),
        ("coating", True),
        ("seed", True),
        ("Gemische", True),
        ("Schutzgebieten", True),
        ("Pflegende", True),
        ("Barrierefreiheit", True),
        ("glutenfrei", True),
        ("latexfreie", True),
        ("Abgesackte", False),
        ("Mikrofluidische", False),
        ("Umweltfreundliche", False),
        ("Endständige", False),
        ("registered", False),
        ("Connected", False),
        ("Winter", False),
    ],
)
def test_what_only_describes_is_no_reason(word: str, *, named: bool) -> None:
    assert names_a_thing(word) is named
