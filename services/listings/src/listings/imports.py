"""Imports from CSV: validated whole, taken in by one short transaction, or not at all."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Generic

from pydantic import AfterValidator, BeforeValidator, EmailStr

from chassis.cause import Cause
from chassis.database import Connection
from chassis.web.refusal import Refusal, refuse
from chassis.web.translation import mark
from listings.csv_faults import Fault, FaultyFile
from listings.csv_file import CsvFile, CsvRow, RowModel, examine_csv
from listings.erased.sieve import without_erased
from listings.erased.traces import Name, Tracer
from listings.places import find_place

IMPOSSIBLE_POSTCODE = Refusal(
    detail=mark("„{label}“ ist keine Postleitzahl in Deutschland."),
    remedy=mark("Schreiben Sie fünf Ziffern, zum Beispiel 18055."),
)
UNREACHABLE_ADDRESS = Refusal(
    detail=mark(
        "„{label}“ hat vor dem @ Zeichen wie ä, ß oder é. An solche Adressen können wir keine "
        "E-Mail schicken."
    ),
    remedy=mark("Geben Sie eine Adresse ohne solche Zeichen an. Hinter dem @ dürfen sie stehen."),
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

    ``take_in`` raises ``FaultyFile`` for faults that only the database knows, ``ChangedMeanwhile``
    to be tried again; ``names`` are those by which a row could bring back somebody who was erased;
    ``checks`` finds what is wrong with a row whose values are well-formed.
    """

    model: type[RowModel]
    unique: tuple[str, ...]
    take_in: TakeIn
    names: Callable[[RowModel], tuple[Name, ...]]
    checks: Callable[[CsvRow[RowModel]], Iterable[Fault]] = lambda _row: ()

    def examine(
        self, path: Path, *, on_row: Callable[[], None] = lambda: None
    ) -> CsvFile[RowModel]:
        """The file with every fault that it has by itself."""
        read = examine_csv(path, self.model, unique=self.unique, on_row=on_row)
        found = [fault for row in (*read.rows, *read.remnants) for fault in self.checks(row)]
        return replace(read, faults=(*read.faults, *_untold(found, read.faults)))

    def read(self, path: Path) -> tuple[CsvRow[RowModel], ...]:
        """The rows of a file without fault; raises `FaultyFile` with every one."""
        read = self.examine(path)
        if read.faults:
            raise FaultyFile(read.faults)
        return read.rows


class ChangedMeanwhile(Exception):
    """Somebody was erased, or got an address of the file: rolls back, another try sees them so."""


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
    sifted = partial(
        without_erased, connection, names=lambda row: kind.names(row.value), tracer=tracer
    )
    while True:
        with suppress(ChangedMeanwhile):
            with suppress(_OnlyTried):
                async with connection.transaction():
                    kept = await sifted(rows)
                    imported = await kind.take_in(connection, kept, now=now, cause=Cause.new())
                    # Whoever was erased since held a row that the import waited for.
                    if await sifted(kept) != kept:
                        raise ChangedMeanwhile
                    _end(dry_run=dry_run)
            return replace(imported, skipped=_left_out(rows, kept))


async def take_in_file(
    connection: Connection,
    kind: Import[RowModel],
    file: CsvFile[RowModel],
    *,
    tracer: Tracer,
    now: datetime,
    dry_run: bool,
) -> Imported:
    """Take a file in; of a faulty one the sound rows are tried, so that every fault is told."""
    tried = dry_run or bool(file.faults)
    try:
        done = await take_in(connection, kind, file.rows, tracer=tracer, now=now, dry_run=tried)
    except FaultyFile as refused:
        raise FaultyFile([*file.faults, *_untold(refused.faults, file.faults)]) from None
    if file.faults:
        raise FaultyFile(file.faults)
    return done


def _untold(found: Iterable[Fault], told: Iterable[Fault]) -> Iterator[Fault]:
    """One sentence a field is enough."""
    places = {(each.line, each.column) for each in told}
    return (each for each in found if (each.line, each.column) not in places)


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


def _reachable(address: str) -> str:
    if not address.rpartition("@")[0].isascii():
        raise refuse(UNREACHABLE_ADDRESS)
    return address


def _in_english(value: object) -> object:
    return _WORDS.get(value.lower(), value) if isinstance(value, str) else value


Postcode = Annotated[str, AfterValidator(_known_postcode)]
YesOrNo = Annotated[bool, BeforeValidator(_in_english)]
ReachableAddress = Annotated[EmailStr, AfterValidator(_reachable)]
"""An address that mail servers take without an extension that few of them know (RFC 6531)."""
