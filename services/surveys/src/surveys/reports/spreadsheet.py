"""A report as CSV that opens in Excel by a double click.

UTF-8 with a byte order mark, without which Excel reads umlauts wrongly; in German semicolons and
decimal commas, as Excel with German settings expects them, in English commas and points.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.web.language import Language
from chassis.web.presentation import in_percent
from chassis.web.translation import mark
from surveys.reports.period import Period
from surveys.reports.worded import Say, WordedFigure, WordedLine

BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    mark("Kennzahl"),
    mark("Ausprägung"),
    mark("Anzahl"),
    mark("Basis"),
    mark("Wovon"),
    mark("Anteil in Prozent"),
    mark("Untergrenze (95 %)"),
    mark("Obergrenze (95 %)"),
    mark("Einheit"),
    mark("Von"),
    mark("Bis"),
    mark("Stand"),
    mark("Definition"),
)
MOMENT = "%Y-%m-%d %H:%M"
"""Every spreadsheet reads it as a moment."""
NOT_ASKED = mark("noch nicht gefragt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    separator: str
    decimal_mark: str


DIALECTS: dict[Language, Dialect] = {
    "de": Dialect(separator=";", decimal_mark=","),
    "en": Dialect(separator=",", decimal_mark="."),
}


def as_csv(
    figures: Sequence[WordedFigure],
    period: Period,
    *,
    counted_at: datetime,
    say: Say,
    language: Language,
) -> bytes:
    dialect = DIALECTS[language]
    text = io.StringIO(BYTE_ORDER_MARK, newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, delimiter=dialect.separator)
    writer.writerow([say(column) for column in COLUMNS])
    times = (*map(str, (period.since, period.until)), f"{counted_at:{MOMENT}}")
    for figure in figures:
        writer.writerows(_rows(figure, times, say, dialect))
    return text.getvalue().encode()


def _rows(
    figure: WordedFigure, times: tuple[str, ...], say: Say, dialect: Dialect
) -> Iterator[tuple[object, ...]]:
    for line in figure.lines:
        yield (
            figure.title,
            line.label,
            *_numbers(line, dialect),
            line.unit,
            *times,
            line.definition,
        )
    if not figure.lines:
        nothing = say(NOT_ASKED) if figure.slug == "recommendation" else "–"
        yield (figure.title, nothing, *[""] * 6, figure.unit, *times, figure.definition)


def _numbers(line: WordedLine, dialect: Dialect) -> tuple[object, ...]:
    percents = (_percent(part, dialect) for part in (line.share, line.low, line.high))
    return (line.count, "" if line.base is None else line.base, line.of, *percents)


def _percent(share: float | None, dialect: Dialect) -> str:
    return "" if share is None else f"{in_percent(share, 1)}".replace(".", dialect.decimal_mark)
