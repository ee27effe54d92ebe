"""Figures of the evaluation as tables and rows; every share stands beside its base."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from matching.evaluation.calibration import Outcome
from matching.evaluation.commands import Recalibration
from matching.evaluation.label import MISFITS, Label
from matching.evaluation.precision import Precision
from schemas.vocabulary import DeclineReason

HEADER = ("by", "group", "fitting", "judged", "precision", "low_95", "high_95")


def precision_table(name: str, rows: Sequence[Precision]) -> Table:
    table = Table(title=f"precision, {name}", title_justify="left")
    table.add_column("", no_wrap=True)
    for column in ("fitting", "judged", "precision", "95 % interval"):
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(row.name, str(row.fitting), str(row.judged), _share(row), _interval(row))
    return table


def reason_table(labels: Sequence[Label]) -> Table:
    table = Table(title="why not", title_justify="left")
    for column in ("reason", "answers", "judges the pair"):
        table.add_column(column, justify="left" if column == "reason" else "right")
    given = Counter(label.reason for label in labels if label.reason is not None)
    for reason in sorted(given, key=lambda one: (-given[one], one)):
        table.add_row(reason.value, str(given[reason]), _judges(reason))
    return table


def recalibration_table(found: Recalibration) -> Table:
    fitted = found.fitted
    title = f"version {fitted.version}, {fitted.answers} answers, target {fitted.target:.0%}"
    table = Table(title=title, title_justify="left")
    for column in ("", "possible from", "precision", "95 % interval", "proposals"):
        table.add_column(column, justify="right" if column else "left")
    for name, outcome in (("before", found.before), ("after", found.after)):
        table.add_row(name, *_outcome(outcome))
    return table


def csv_rows(tables: Mapping[str, Sequence[Precision]]) -> Iterator[tuple[object, ...]]:
    yield HEADER
    for name, rows in tables.items():
        for row in rows:
            low, high = row.interval or ("", "")
            share = "" if row.share is None else row.share
            yield (name, row.name, row.fitting, row.judged, *map(_number, (share, low, high)))


def _outcome(outcome: Outcome) -> tuple[str, ...]:
    row = outcome.precision
    share = f"{_share(row)} ({row.fitting}/{row.judged})"
    return (f"{outcome.threshold:.2f}", share, _interval(row), str(outcome.proposals))


def _share(row: Precision) -> str:
    return "–" if row.share is None else f"{row.share:.0%}"


def _interval(row: Precision) -> str:
    return "–" if row.interval is None else "{:.0%} to {:.0%}".format(*row.interval)


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4f}"


def _judges(reason: DeclineReason) -> str:
    return "yes" if reason in MISFITS else "no"
