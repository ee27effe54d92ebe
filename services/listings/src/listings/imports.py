"""Imports from CSV: validated whole, taken in by one short transaction, or not at all."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Generic

from pydantic import AfterValidator, BeforeValidator

from chassis.cause import Cause
from chassis.database import Connection
from chassis.web.refusal import Refusal, refuse
from chassis.web.translation import mark
from listings.csv_file import CsvRow, RowModel, read_csv
from listings.erased.sieve import without_erased
from listings.erased.traces import Name, Tracer
from listings.places import find_place

IMPOSSIBLE_POSTCODE = Refusal(
    detail=mark("„{label}“ ist keine Postleitzahl in Deutschland."),
    remedy=mark("Schreiben Sie fünf Ziffern, zum Beispiel 18055."),
)
_WORDS = {"ja": True, "nein": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or would do."""

    added: int
    changed: int
    unchanged: int
    skipped: tuple[int, ...] = ()
    """The lines that name somebody who was erased, and stays so."""


TakeIn = Callable[..., Awaitable[Imported]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Generic[RowModel]):
    """One kind of file: its columns, and the command ``take_in(connection, rows, now=, cause=)``.

    ``take_in`` raises ``FaultyFile`` for faults that only the database knows; ``names`` are those
    by which a row could bring back somebody who was erased.
    """

    model: type[RowModel]
    unique: tuple[str, ...]
    take_in: TakeIn
    names: Callable[[RowModel], tuple[Name, ...]]

    def read(
        self, path: Path, *, on_row: Callable[[], None] = lambda: None
    ) -> tuple[CsvRow[RowModel], ...]:
        return read_csv(path, self.model, unique=self.unique, on_row=on_row)


class _OnlyTried(Exception):
    """Rolls back what a dry run did."""


async def take_in(
    connection: Connection,
    kind: Import[RowModel],
    rows: Sequence[CsvRow[RowModel]],
    *,
    tracer: Tracer,
    now: datetime,
    dry_run: bool,
) -> Imported:
    """Take the rows in with one transaction of its own; a dry run does the same and rolls back."""
    with suppress(_OnlyTried):
        async with connection.transaction():
            kept = await without_erased(
                connection, rows, names=lambda row: kind.names(row.value), tracer=tracer
            )
            imported = await kind.take_in(connection, kept, now=now, cause=Cause.new())
            _end(dry_run=dry_run)
    return replace(imported, skipped=_left_out(rows, kept))


def _left_out(
    rows: Sequence[CsvRow[RowModel]], kept: Sequence[CsvRow[RowModel]]
) -> tuple[int, ...]:
    lines = {row.line for row in kept}
    return tuple(row.line for row in rows if row.line not in lines)


def _end(*, dry_run: bool) -> None:
    if dry_run:
        raise _OnlyTried


def _known_postcode(text: str) -> str:
    if find_place(text) is None:
        raise refuse(IMPOSSIBLE_POSTCODE)
    return text


def _in_english(value: object) -> object:
    return _WORDS.get(value.lower(), value) if isinstance(value, str) else value


Postcode = Annotated[str, AfterValidator(_known_postcode)]
YesOrNo = Annotated[bool, BeforeValidator(_in_english)]
