"""Reads a CSV of listings; a file with an error is refused whole, by line and column."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matching.conditions import Conditions
from matching.file_conditions import HOW_TO_WRITE, conditions_in
from matching.listing_text import ListingText
from schemas.vocabulary import Language, ListingKind

REQUIRED = (
    "ref",
    "kind",
    "title",
    "description",
    "category",
    "tags",
    "language",
    "organisation",
    "size_class",
    "organisation_kind",
    "postcode",
    "city",
    "quantity",
    "valid_days",
)
OPTIONAL = ("needs", "service_area", "minimum_quantity", "needed_by", "available_from")
MUST_HAVE_VALUE = ("ref", "kind", "title", "language")
WORDS = {"kind": tuple(ListingKind), "language": tuple(Language)}
"""Columns of one word out of a few."""
FIELD_LIMIT = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileError:
    """What is wrong, on which line of the file, in which column."""

    line: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.problem}"


class UnreadableListingFile(Exception):
    """The file cannot be used; `errors` says why."""

    def __init__(self, errors: tuple[FileError, ...]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class FileListing:
    """One row: its reference, what is matched, further needs, and whom its fields let it meet.

    ``doubts`` are cells that were not understood and therefore hinder nobody.
    """

    ref: str
    text: ListingText
    needs: tuple[str, ...]
    conditions: Conditions
    city: str = ""
    doubts: tuple[FileError, ...] = ()


def read_listings(path: Path) -> tuple[FileListing, ...]:
    """Read all rows or raise `UnreadableListingFile` with every error found."""
    rows = tuple(_rows(_content(path)))
    errors = [error for line, row in rows for error in _row_errors(line, row)]
    errors += _duplicates(rows)
    if errors:
        raise UnreadableListingFile(tuple(sorted(errors, key=lambda error: error.line)))
    return tuple(_listing(line, row) for line, row in rows)


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _refusal(line, "-", "not UTF-8; save the file as UTF-8") from error
    except OSError as error:
        raise _refusal(0, "-", f"cannot be opened: {error.strerror}") from error


def _rows(content: str) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(io.StringIO(content, newline=""), strict=True, delimiter=_mark(content))
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        _check_header(header)
        previous = reader.line_num
        for cells in reader:
            line, previous = previous + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield line, _row(line, header, cells)
    except csv.Error as error:
        raise _refusal(reader.line_num, "-", f"no CSV: {error}") from error


def _mark(content: str) -> str:
    """A spreadsheet that writes German numbers parts cells by semicolons."""
    heading = content.partition("\n")[0]
    return ";" if heading.count(";") > heading.count(",") else ","


def _check_header(header: list[str]) -> None:
    known = (*REQUIRED, *OPTIONAL)
    errors = [_error(1, name, "is missing") for name in REQUIRED if name not in header]
    errors += [_error(1, name or "(empty)", "is unknown") for name in header if name not in known]
    errors += [
        _error(1, name, "stands twice") for name in dict.fromkeys(header) if header.count(name) > 1
    ]
    if errors:
        raise UnreadableListingFile(tuple(errors))


def _row(line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) < len(header):
        raise _refusal(line, header[len(cells)], "is missing: the row has too few cells")
    if len(cells) > len(header):
        raise _refusal(line, header[-1], f"the row has {len(cells) - len(header)} cells too many")
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    return row | {name: row[name].casefold() for name in WORDS}


def _row_errors(line: int, row: dict[str, str]) -> Iterator[FileError]:
    for column in MUST_HAVE_VALUE:
        if not row[column]:
            yield _error(line, column, "is empty")
    if not row["ref"].isprintable():
        yield _error(line, "ref", "holds a tab or a line break, which would part the run file")
    for column, words in WORDS.items():
        if row[column] and row[column] not in words:
            yield _error(line, column, f"is {row[column]!r}, not one of {', '.join(words)}")


def _duplicates(rows: tuple[tuple[int, dict[str, str]], ...]) -> list[FileError]:
    first: dict[str, int] = {}
    errors = []
    for line, row in rows:
        seen = first.setdefault(row["ref"], line)
        if seen != line:
            errors.append(_error(line, "ref", f"{row['ref']!r} stands on line {seen} already"))
    return errors


def _listing(line: int, row: dict[str, str]) -> FileListing:
    conditions, doubtful = conditions_in(row)
    text = ListingText(
        kind=ListingKind(row["kind"]),
        title=row["title"],
        description=row["description"],
        tags=_several(row["tags"]),
        category=row["category"],
        language=Language(row["language"]),
    )
    return FileListing(
        ref=row["ref"],
        text=text,
        needs=_several(row.get("needs", "")),
        conditions=conditions,
        city=row["city"],
        doubts=tuple(_doubt(line, column, row[column]) for column in doubtful),
    )


def _doubt(line: int, column: str, cell: str) -> FileError:
    remedy = f"ignored; write {HOW_TO_WRITE[column]}"
    return _error(line, column, f"{cell!r} is not understood and {remedy}")


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _error(line: int, column: str, problem: str) -> FileError:
    return FileError(line=line, column=column, problem=problem)


def _refusal(line: int, column: str, problem: str) -> UnreadableListingFile:
    return UnreadableListingFile((_error(line, column, problem),))
