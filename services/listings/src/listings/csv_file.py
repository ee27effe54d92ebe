"""CSV files that operators bring: read whole or not at all, every fault by line and column."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from chassis.web.refusal import CONTROL_CHARACTER, refusal_of
from chassis.web.text import has_control_characters
from listings.csv_faults import (
    BROKEN_QUOTES,
    DUPLICATE,
    FILE_TOO_LARGE,
    LINE_TOO_LONG,
    MISSING_COLUMN,
    NO_FILE,
    NO_ROWS,
    NOT_UTF8,
    REPEATED_COLUMN,
    UNKNOWN_COLUMN,
    WRONG_WIDTH,
    Fault,
    FaultyFile,
    fault,
)

RowModel = TypeVar("RowModel", bound=BaseModel)

MAX_LINE_BYTES = 64 * 1024
MAX_FILE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow(Generic[RowModel]):
    """One valid row and the line on which it begins."""

    line: int
    value: RowModel


def read_csv(
    path: Path,
    model: type[RowModel],
    *,
    unique: Sequence[str] = (),
    on_row: Callable[[], None] = lambda: None,
) -> tuple[CsvRow[RowModel], ...]:
    """All rows of a file whose columns are the fields of ``model``.

    Comma or semicolon; an empty field counts as not given. The values of ``unique`` columns
    occur once each; ``on_row`` is told of every row that was looked at.

    Raises:
        FaultyFile: with every fault of the file, not only the first.

    """
    reader = _Reader(model, unique)
    rows = tuple(reader.rows(_text_of(path), on_row))
    if reader.faults:
        raise FaultyFile(reader.faults)
    if not rows:
        raise FaultyFile([Fault(line=1, column=None, refusal=NO_ROWS)])
    return rows


def line_count(path: Path) -> int:
    """About how many rows there will be, for a progress bar."""
    try:
        return max(0, path.read_bytes().count(b"\n") - 1)
    except OSError:
        return 0


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError:
        raise FaultyFile([fault(0, None, NO_FILE)]) from None
    if len(raw) > MAX_FILE_BYTES:
        raise FaultyFile([fault(0, None, FILE_TOO_LARGE, limit=MAX_FILE_BYTES)])
    faults = list(_faults_of_bytes(raw))
    if faults:
        raise FaultyFile(faults)
    return raw.decode("utf-8-sig")


def _faults_of_bytes(raw: bytes) -> Iterator[Fault]:
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if len(line) > MAX_LINE_BYTES:
            yield fault(number, None, LINE_TOO_LONG, length=len(line), limit=MAX_LINE_BYTES)
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            yield fault(number, None, NOT_UTF8)


class _Reader(Generic[RowModel]):
    """Goes through one file once and gathers its faults."""

    def __init__(self, model: type[RowModel], unique: Sequence[str]) -> None:
        self.faults: list[Fault] = []
        self._model = model
        self._first_lines: dict[str, dict[str, int]] = {column: {} for column in unique}

    def rows(self, text: str, on_row: Callable[[], None]) -> Iterator[CsvRow[RowModel]]:
        records = self._records(text)
        header = next(records, (1, []))[1]
        self.faults += _faults_of_header(header, self._model)
        if self.faults:
            return
        for line, record in records:
            on_row()
            row = self._row(line, header, record)
            if row is not None:
                yield row

    def _records(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Every record with the line on which it begins; blank lines are passed over."""
        first, _, _ = text.partition("\n")
        delimiter = ";" if first.count(";") > first.count(",") else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self.faults.append(fault(line, None, BROKEN_QUOTES))
                return
            if any(field.strip() for field in record):
                yield line, [field.strip() for field in record]

    def _row(
        self, line: int, header: Sequence[str], record: Sequence[str]
    ) -> CsvRow[RowModel] | None:
        before = len(self.faults)
        if len(record) != len(header):
            found = {"found": len(record), "expected": len(header)}
            self.faults.append(fault(line, None, WRONG_WIDTH, **found))
            return None
        given = {name: text for name, text in zip(header, record, strict=True) if text}
        self.faults += self._duplicates(line, given)
        value = self._validated(line, given)
        if value is None or len(self.faults) > before:
            return None
        return CsvRow(line=line, value=value)

    def _duplicates(self, line: int, given: dict[str, str]) -> Iterator[Fault]:
        for column, first_lines in self._first_lines.items():
            text = given.get(column, "").lower()
            first = first_lines.setdefault(text, line)
            if text and first != line:
                yield fault(line, column, DUPLICATE, first=first)

    def _validated(self, line: int, given: dict[str, str]) -> RowModel | None:
        unprintable = [name for name, text in given.items() if has_control_characters(text)]
        self.faults += [fault(line, name, CONTROL_CHARACTER) for name in unprintable]
        try:
            return self._model.model_validate(given)
        except ValidationError as error:
            self.faults += [
                Fault(
                    line=line,
                    column=_column(details),
                    refusal=refusal_of(details, for_programs=True),
                )
                for details in error.errors()
                if _column(details) not in unprintable
            ]
            return None


def _column(details: ErrorDetails) -> str | None:
    return str(details["loc"][0]) if details["loc"] else None


def _faults_of_header(header: Sequence[str], model: type[BaseModel]) -> Iterator[Fault]:
    fields = model.model_fields
    required = [name for name, info in fields.items() if info.is_required()]
    for name in required:
        if name not in header:
            yield fault(1, name, MISSING_COLUMN, required=", ".join(required))
    for name in dict.fromkeys(header):
        if name not in fields:
            yield fault(1, name, UNKNOWN_COLUMN, known=", ".join(fields))
        elif header.count(name) > 1:
            yield fault(1, name, REPEATED_COLUMN)
