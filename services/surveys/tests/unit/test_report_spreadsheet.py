"""A report's CSV rounds as its page does."""

import csv
import io
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from chassis.web.presentation import Presentation
from surveys.reports.period import Period
from surveys.reports.spreadsheet import as_csv
from surveys.reports.worded import WordedFigure, WordedLine


@pytest.mark.parametrize(
    ("count", "base", "in_file", "on_page"),
    [(1, 8, "12,5", "13\u00a0%"), (1, 16, "6,3", "6\u00a0%"), (1, 3, "33,3", "33\u00a0%")],
)
def test_half_goes_up_in_the_file_and_on_the_page(
    count: int, base: int, in_file: str, on_page: str
) -> None:
    line = WordedLine(
        slug="a",
        label="A",
        count=count,
        base=base,
        unit="Einträge",
        definition="",
        share=count / base,
    )
    figure = WordedFigure(slug="sizes", title="", definition="", unit="", lines=(line,))
    march = Period(since=date(2026, 3, 1), until=date(2026, 3, 31))

    content = as_csv([figure], march, say=str, language="de").decode("utf-8-sig")

    (row,) = csv.DictReader(io.StringIO(content), delimiter=";")
    assert row["Anteil in Prozent"] == in_file
    assert Presentation("de", ZoneInfo("Europe/Berlin")).percent(count / base) == on_page
