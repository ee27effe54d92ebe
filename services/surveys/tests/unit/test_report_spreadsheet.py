"""A report's CSV rounds as its page does."""

import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from chassis.web.presentation import Presentation
from surveys.reports.period import Period
from surveys.reports.spreadsheet import as_csv
from surveys.reports.worded import WordedFigure, WordedLine


@pytest.mark.parametrize(
    ("count", "base", "in_file"),
    [(1, 8, "12,5"), (1, 16, "6,3"), (1, 3, "33,3"), (5, 11, "45,5"), (0, 3, "0,0")],
)
def test_half_goes_up_in_the_file_and_on_the_page(count: int, base: int, in_file: str) -> None:
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
    counted_at = datetime(2026, 4, 1, 8, tzinfo=UTC)

    file = as_csv([figure], march, counted_at=counted_at, say=str, language="de")

    (row,) = csv.DictReader(io.StringIO(file.decode("utf-8-sig")), delimiter=";")
    assert row["Anteil in Prozent"] == in_file
    on_page = Presentation("de", ZoneInfo("Europe/Berlin")).percent(count / base, 1)
    assert on_page == f"{in_file}\u00a0%"
