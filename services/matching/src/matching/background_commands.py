"""``background``: lets live listings join the background, and tells which version is active."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, track

from chassis.cli.running import audit, connected, settings_of
from chassis.database import Connection
from chassis.service import Service
from matching import analysis_storage, listing_storage, refresh, version_storage
from matching.engine import Engine
from matching.joined_background import LEAST_A_SIDE, TooFewListings
from matching.listing_text import ListingText
from matching.model import DamagedModel, MissingModel
from matching.refresh import AnotherEngine, RefreshRunning, UpToDate
from matching.refresh_fit import fitted_refresh
from matching.version_storage import VersionRow

console = Console(stderr=True)

ASK_AGAIN_SECONDS = 0.5
Done = TypeVar("Done")


def background_commands(service: Service) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help="What the scores measure listings against.")

    @group.command("refresh")
    def refresh_background(
        *,
        no_wait: Annotated[
            bool, typer.Option("--no-wait", help="Do not wait until the service has switched.")
        ] = False,
    ) -> None:
        """Let the live listings join the background; the service goes on matching meanwhile.

        Example: python -m matching background refresh
        """
        engine = _engine(service)
        _run(service, lambda connection: _refresh(connection, engine, wait=not no_wait))

    @group.command("status")
    def status() -> None:
        """Show the active analysis version, its size and age, and a refresh that is running.

        Example: python -m matching background status
        """
        for line in _run(service, _status):
            typer.echo(line)

    return group


def _engine(service: Service) -> Engine:
    try:
        engine: Engine = settings_of(service).load_engine()  # type: ignore[attr-defined]
    except (MissingModel, DamagedModel) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    return engine


def _run(service: Service, work: Callable[[Connection], Awaitable[Done]]) -> Done:
    async def run() -> Done:
        async with connected(service, "background") as connection:
            return await work(connection)

    return asyncio.run(run())


async def _refresh(connection: Connection, engine: Engine, *, wait: bool) -> None:
    try:
        number = await _started(connection, engine)
    except (RefreshRunning, AnotherEngine, UpToDate, TooFewListings) as refusal:
        console.print(_sentence(refusal), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from refusal
    if wait:
        await _switched(connection, number)
        console.print(f"background: the service matches under version {number} now.")
    else:
        console.print(f"background: version {number} is being built; see: background status")


async def _started(connection: Connection, engine: Engine) -> str:
    """Fit the new version and hand it to the workers."""
    await refresh.check(connection, engine)
    listings = await listing_storage.open_listings(connection, now=_now())
    fitted = fitted_refresh(engine, listings, progress=_tracked)
    async with connection.transaction():
        await refresh.start(
            connection, fitted.version, base=engine, members=fitted.members, now=_now()
        )
        await audit(connection, "background refresh", fitted.version.number)
    console.print(f"background: {fitted.offers} offers and {fitted.requests} requests join.")
    return fitted.version.number


async def _switched(connection: Connection, number: str) -> None:
    """Show the progress of the workers until they have switched."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as shown:
        task = shown.add_task("The service analyses its listings", total=None)
        while True:
            active = await version_storage.in_state(connection, "active")
            if active is not None and active.number == number:
                return
            done, total = await analysis_storage.progress(connection, number, now=_now())
            shown.update(task, completed=done, total=total)
            await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _status(connection: Connection) -> Sequence[str]:
    active = await version_storage.in_state(connection, "active")
    building = await version_storage.in_state(connection, "building")
    lines = [
        "No version yet: the service has not matched anything."
        if active is None
        else f"Active: {_described(active)}"
    ]
    if building is not None:
        done, total = await analysis_storage.progress(connection, building.number, now=_now())
        lines.append(f"Being built: {_described(building)}, {done} of {total} listings analysed.")
    return lines


def _described(row: VersionRow) -> str:
    since = row.activated_at or row.created_at
    days = (_now() - since).days
    kind = f"{len(row.members)} live listings joined it" if row.joined else "as shipped"
    return (
        f"version {row.number}, {row.offers} offers and {row.requests} requests, {kind},"
        f" {days} days old"
    )


def _sentence(refusal: Exception) -> str:
    if isinstance(refusal, TooFewListings):
        return (
            f"background: only {refusal.offers} offers and {refusal.requests} requests are live "
            f"that could join; a refresh needs {LEAST_A_SIDE} of each. Nothing was changed: the "
            "shipped background serves until there are more."
        )
    if isinstance(refusal, RefreshRunning):
        return "background: a refresh is running already. See: background status"
    if isinstance(refusal, UpToDate):
        return "background: no listing came or changed since the last refresh. Nothing to do."
    return (
        "background: the service runs another release or model than this command. Run it where "
        "the service runs, or restart the service first."
    )


def _tracked(texts: Sequence[ListingText], label: str) -> Iterable[ListingText]:
    return track(texts, description=label, console=console)


def _now() -> datetime:
    return datetime.now(UTC)
