"""`import`: a file of organisations, members or listings, whole or not at all."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from chassis.cli.running import audit, connected, settings_of
from chassis.database import Connection
from chassis.service import Service
from chassis.web.translation import Catalogue
from listings.categories import categories_in
from listings.cli.tracing import tracer_of
from listings.csv_faults import Fault, FaultyFile
from listings.csv_file import CsvFile, RowModel, line_count
from listings.imports import Import, Imported, take_in_file
from listings.listing.importing import listings_import
from listings.members.importing import members_import
from listings.organisations.importing import organisations_import
from listings.settings import ListingsSettings

SHOWN_FAULTS = 100
SKIPPED = "skipped, it names an organisation or a member that was erased."

File = Annotated[Path, typer.Argument(help="UTF-8, comma or semicolon.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")]
Publish = Annotated[bool, typer.Option("--publish", help="Release what the file brings at once.")]


def import_commands(service: Service) -> typer.Typer:
    """One command a kind of file."""
    group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    @group.callback()
    def imports() -> None:
        """Take in a CSV file, whole or not at all; repeatable by external_id."""

    @group.command("organisations")
    def organisations(file: File, *, dry_run: DryRun = False) -> None:
        """Take in the directory. Example: python -m listings import organisations firms.csv"""
        kind = organisations_import(public_url=_settings(service).public_url)
        _import(service, "organisations", kind, file, dry_run=dry_run)

    @group.command("members")
    def members(file: File, *, dry_run: DryRun = False) -> None:
        """Take in people of organisations. Example: python -m listings import members people.csv"""
        kind = members_import(tracer_of(service))
        _import(service, "members", kind, file, dry_run=dry_run)

    @group.command("listings")
    def listings(file: File, *, dry_run: DryRun = False, publish: Publish = False) -> None:
        """Take in offers and requests. Example: … import listings listings.csv --publish"""
        settings = _settings(service)
        kind = listings_import(
            categories_in(settings.categories), public_url=settings.public_url, publishes=publish
        )
        _import(service, "listings", kind, file, dry_run=dry_run)

    return group


def _settings(service: Service) -> ListingsSettings:
    settings = settings_of(service)
    assert isinstance(settings, ListingsSettings)  # noqa: S101 - the service's own class
    return settings


def _import(
    service: Service, name: str, kind: Import[RowModel], file: Path, *, dry_run: bool
) -> None:
    try:
        imported = _run(service, name, kind, file, dry_run=dry_run)
    except FaultyFile as refused:
        _tell(refused)
        raise typer.Exit(1) from None
    done = "Nothing was changed (dry run); it would be:" if dry_run else "Done:"
    for line in imported.skipped:
        typer.echo(f"line {line}: {SKIPPED}", err=True)
    typer.echo(
        f"{done} {imported.added} new, {imported.changed} changed, {imported.unchanged} unchanged"
        f"{f', {len(imported.skipped)} skipped' if imported.skipped else ''}."
    )


def _run(
    service: Service, name: str, kind: Import[RowModel], file: Path, *, dry_run: bool
) -> Imported:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
    ) as progress:
        reading = progress.add_task(f"Reading {name}", total=line_count(file))
        read = kind.examine(file, on_row=lambda: progress.advance(reading))
        if not read.rows:
            raise FaultyFile(read.faults)
        progress.update(reading, total=len(read.rows), completed=len(read.rows))
        taking_in = progress.add_task(f"Taking in {name}", total=None)
        imported = asyncio.run(_take_in(service, name, kind, read, dry_run=dry_run))
        progress.update(taking_in, total=len(read.rows), completed=len(read.rows))
    return imported


async def _take_in(
    service: Service,
    name: str,
    kind: Import[RowModel],
    read: CsvFile[RowModel],
    *,
    dry_run: bool,
) -> Imported:
    async with connected(service, "import") as connection:
        imported = await take_in_file(
            connection,
            kind,
            read,
            tracer=tracer_of(service),
            now=datetime.now(UTC),
            dry_run=dry_run,
        )
        await _audit(connection, name, imported, dry_run=dry_run)
    return imported


async def _audit(connection: Connection, name: str, imported: Imported, *, dry_run: bool) -> None:
    if not dry_run:
        await audit(connection, f"import {name}", str(imported))


def _tell(refused: FaultyFile) -> None:
    catalogue = Catalogue("listings")
    for fault in refused.faults[:SHOWN_FAULTS]:
        typer.echo(_sentence(catalogue, fault), err=True)
    left_out = len(refused.faults) - SHOWN_FAULTS
    more = f" (the first {SHOWN_FAULTS} are shown)" if left_out > 0 else ""
    typer.echo(f"{len(refused.faults)} faults{more}. Nothing was taken in.", err=True)


def _sentence(catalogue: Catalogue, fault: Fault) -> str:
    values = {"label": fault.column or "", **fault.refusal.values}
    place = f"line {fault.line}" + (f", {fault.column}" if fault.column else "")
    detail = catalogue.sentence("en", fault.refusal.detail, values)
    return f"{place}: {detail} {catalogue.sentence('en', fault.refusal.remedy, values)}"
