"""Command line of the engine: build the model, rank a file; both without Kafka and PostgreSQL."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from matching.engine import Engine
from matching.file_reading import read_file
from matching.file_reasons import reasons_table
from matching.listing_file import FileListing, UnreadableListingFile, read_listings
from matching.model import DamagedModel, MissingModel, checked_manifest, default_directory
from matching.model_build import MissingBuildTools, build_model
from matching.model_compact_build import build_compact
from matching.rank import ranked

commands = typer.Typer()
console = Console(stderr=True)

BAD_INPUT = 2
Item = TypeVar("Item")


@commands.command()
def model(
    output: Annotated[
        Path | None, typer.Option(help="Where to build; default: MATCHING_MODEL_DIR or a cache.")
    ] = None,
) -> None:
    """Build the encoder's model directory from the installed wheels; does nothing if it is there.

    Example: python -m matching model --output /var/lib/matching/model
    """
    directory = output or default_directory()
    try:
        built = build_model(directory, progress=_say)
        built = build_compact(directory, progress=_say) or built
        engine = Engine.load(directory, progress=lambda texts: _tracked(texts, "background"))
    except (MissingBuildTools, MissingModel, DamagedModel) as error:
        console.print(f"model: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    state = "built" if built else "up to date"
    console.print(f"model: {state} in {directory}", soft_wrap=True)
    console.print(f"model: {checked_manifest(directory).model}, version {engine.version.number}")


@commands.command()
def rank(
    listings: Annotated[Path, typer.Argument(help="CSV of offers and requests.")],
    output: Annotated[Path, typer.Option(help="Run file: request, offer, score, by tabs.")],
    *,
    propose: Annotated[
        bool, typer.Option("--propose", help="Only pairs that would really be proposed.")
    ] = False,
    reasons: Annotated[
        Path | None, typer.Option(help="With --propose: the pairs with their reasons, as a CSV.")
    ] = None,
    shipped_background: Annotated[
        bool, typer.Option("--shipped-background", help="Do not join the file's listings to it.")
    ] = False,
    model_directory: Annotated[
        Path | None, typer.Option(help="Default: MATCHING_MODEL_DIR or a cache.")
    ] = None,
) -> None:
    """Rank all offers for every request of a CSV, best first, without Kafka and PostgreSQL.

    Example: python -m matching rank listings.csv --output run.tsv --propose --reasons why.csv
    """
    _make_place_for("--output", output)
    if reasons is not None:
        _demand_reasons(reasons, output=output, propose=propose)
        _make_place_for("--reasons", reasons)
    given, engine = _loaded(listings, model_directory or default_directory())
    for doubt in (doubt for listing in given for doubt in listing.doubts):
        _warn(f"{listings}: {doubt}")
    read = read_file(engine, given, progress=_tracked)
    for ref in read.unreadable:
        _warn(f"{listings}: {ref}: the model makes no numbers of this text; it is left out")
    joins = not shipped_background
    run = ranked(
        engine, read.listings, progress=_tracked, proposed_only=propose, join_background=joins
    )
    _write("".join(f"{line}\n" for line in run), output)
    console.print(f"rank: {len(run)} pairs in {output}", soft_wrap=True)
    if reasons is not None:
        _write(reasons_table(run, roots=engine.lexicon.roots), reasons)
        console.print(f"rank: why they fit in {reasons}", soft_wrap=True)


def _demand_reasons(reasons: Path, *, output: Path, propose: bool) -> None:
    if not propose:
        _refuse("--reasons", "only what would be proposed has reasons: add --propose")
    if reasons.resolve() == output.resolve():
        _refuse(f"--reasons {reasons}", "the run goes there already: name another file")


def _make_place_for(option: str, output: Path) -> None:
    """Before a minute of work: the run can be written there, in a folder that is made if needed."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        refusal = "a folder stands there: name a file in it" if output.is_dir() else ""
    except OSError as error:
        refusal = f"its folder cannot be made: {error.strerror}"
    if not refusal and not os.access(output.parent, os.W_OK):
        refusal = "nothing can be written in its folder"
    if refusal:
        _refuse(f"{option} {output}", refusal)


def _refuse(what: str, refusal: str) -> NoReturn:
    console.print(f"{what}: {refusal}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(BAD_INPUT)


def _loaded(listings: Path, directory: Path) -> tuple[tuple[FileListing, ...], Engine]:
    """The file and the engine, or what is wrong with one of them and how to go on."""
    try:
        return read_listings(listings), Engine.load(directory)
    except UnreadableListingFile as error:
        for problem in error.errors:
            console.print(f"{listings}: {problem}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(BAD_INPUT) from error
    except (MissingModel, DamagedModel) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _write(text: str, output: Path) -> None:
    """Write beside the target and move, so that a broken run leaves no half file."""
    scratch = output.with_name(f".{output.name}.{os.getpid()}")
    scratch.write_text(text, encoding="utf-8", newline="")
    scratch.replace(output)


def _warn(doubt: str) -> None:
    console.print(doubt, style="yellow", markup=False, soft_wrap=True)


def _say(step: str) -> None:
    console.print(f"model: {step}")


def _tracked(items: Sequence[Item], label: str) -> Iterable[Item]:
    return track(items, description=label, console=console)
