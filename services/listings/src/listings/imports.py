"""Imports from CSV: validated whole, taken in by one short transaction, or not at all."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Generic

from pydantic import AfterValidator, BeforeValidator

from chassis.cause import Cause
from chassis.database import Connection
from chassis.web.refusal import Refusal, refuse
from chassis.web.translation import mark
from listings.csv_file import CsvRow, RowModel, read_csv
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


TakeIn = Callable[..., Awaitable[Imported]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(Generic[RowModel]):
    """One kind of file: its columns, and the command ``take_in(connection, rows, now=, cause=)``.

    ``take_in`` raises ``FaultyFile`` for faults that only the database knows.
    """

    model: type[RowModel]
    unique: tuple[str, ...]
    take_in: TakeIn

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
    now: datetime,
    dry_run: bool,
) -> Imported:
    """Take the rows in with one transaction of its own; a dry run does the same and rolls back."""
    with suppress(_OnlyTried):
        async with connection.transaction():
            imported = await kind.take_in(connection, rows, now=now, cause=Cause.new())
            _end(dry_run=dry_run)
    return imported


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
