"""Shares are rounded as people and spreadsheets round them: half goes up."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from chassis.web.presentation import Presentation, in_percent

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("share", "digits", "german", "english"),
    [
        (1 / 8, 0, "13\u00a0%", "13%"),
        (3 / 8, 0, "38\u00a0%", "38%"),
        (0.145, 0, "15\u00a0%", "15%"),
        (Decimal("0.005"), 0, "1\u00a0%", "1%"),
        (1 / 16, 1, "6,3\u00a0%", "6.3%"),
        (0.1249, 0, "12\u00a0%", "12%"),
        (0, 0, "0\u00a0%", "0%"),
        (1, 0, "100\u00a0%", "100%"),
        (-1 / 8, 0, "-13\u00a0%", "-13%"),
    ],
)
def test_half_a_percent_goes_up(
    share: float | Decimal, digits: int, german: str, english: str
) -> None:
    assert Presentation("de", BERLIN).percent(share, digits) == german
    assert Presentation("en", BERLIN).percent(share, digits) == english


@pytest.mark.parametrize(("share", "digits", "percent"), [(1 / 16, 1, "6.3"), (0.145, 0, "15")])
def test_a_file_says_the_same_as_a_page(share: float, digits: int, percent: str) -> None:
    assert str(in_percent(share, digits)) == percent
