"""CSV files that operators bring: read whole or not at all, every fault by line and column."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from listings.csv_checks import Distinct, faults_of_header, faults_of_values, unprintable_in
from listings.csv_faults import (
    BROKEN_QUOTES,
    FILE_TOO_LARGE,
    LINE_TOO_LONG,
    NO_FILE,
    NO_ROWS,
    NOT_UTF8,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile(Generic[RowModel]):
    """The rows that are well-formed, and what is wrong with the others.

    ``remnants`` are of faulty rows what is well-formed, to be looked at for further faults.
    """

    rows: tuple[CsvRow[RowModel], ...]
    faults: tuple[Fault, ...]
    remnants: tuple[CsvRow[RowModel], ...] = ()


def examine_csv(
    path: Path,
    model: type[RowModel],
    *,
    unique: Sequence[str] = (),
    on_row: Callable[[], None] = lambda: None,
) -> CsvFile[RowModel]:
    """A file whose columns are the fields of ``model``, with every fault of it.

    Comma or semicolon; an empty field counts as not given. The values of ``unique`` columns
    occur once each; ``on_row`` is told of every row that was looked at.
    """
    reader = _Reader(model, unique)
    try:
        rows = tuple(reader.rows(_text_of(path), on_row))
    except FaultyFile as unreadable:
        return CsvFile(rows=(), faults=unreadable.faults)
    if not rows and not reader.faults:
        return CsvFile(rows=(), faults=(fault(1, None, NO_ROWS),))
    return CsvFile(rows=rows, faults=tuple(reader.faults), remnants=tuple(reader.remnants))


def read_csv(
    path: Path, model: type[RowModel], *, unique: Sequence[str] = ()
) -> tuple[CsvRow[RowModel], ...]:
    """All rows of a file; raises `FaultyFile` with every fault, not only the first."""
    read = examine_csv(path, model, unique=unique)
    if read.faults:
        raise FaultyFile(read.faults)
    return read.rows


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
        self.remnants: list[CsvRow[RowModel]] = []
        self._model = model
        self._distinct = Distinct(model, unique)

    def rows(self, text: str, on_row: Callable[[], None]) -> Iterator[CsvRow[RowModel]]:
        records = self._records(text)
        header = next(records, (1, []))[1]
        self.faults += faults_of_header(header, self._model)
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
        self.faults += self._distinct.faults_of(line, given)
        self.faults += unprintable_in(line, given)
        told = {each.column for each in self.faults[before:]}
        row = self._validated(line, given, told)
        if row is not None and len(self.faults) > before:
            self.remnants.append(row)
            return None
        return row

    def _validated(
        self, line: int, given: dict[str, str], told: Collection[str | None]
    ) -> CsvRow[RowModel] | None:
        try:
            return CsvRow(line=line, value=self._model.model_validate(given))
        except ValidationError as error:
            found = list(faults_of_values(line, self._model, error))
            self.faults += [each for each in found if each.column not in told]
            wrong = {each.column for each in found}
        with suppress(ValidationError):
            sound = {name: text for name, text in given.items() if name not in wrong}
            self.remnants.append(CsvRow(line=line, value=self._model.model_validate(sound)))
        return None
