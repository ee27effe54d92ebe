"""``migrate``, and ``migrate --check``: what would keep it, what it would do, nothing written."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from chassis import migrations
from chassis.cli.running import settings_of
from chassis.database import is_transient, single_connection
from chassis.disk import room_findings
from chassis.observability import configure_logging
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.start_checks import (
    CannotStart,
    demand_right_clock,
    demand_room,
    demand_usable_database,
    silent_database,
)


def migrate_command(service: Service) -> Callable[..., None]:
    def command(
        *,
        check: Annotated[
            bool, typer.Option("--check", help="Only say what it would meet.")
        ] = False,
    ) -> None:
        """Bring the database up to date; safe to repeat.

        With --check nothing is written: it says what would keep it and what is to be applied.
        Examples: python -m SERVICE migrate · python -m SERVICE migrate --check
        """
        settings = settings_of(service)
        if check:
            raise typer.Exit(asyncio.run(_check(service, settings)))
        configure_logging(service=service.name, level=settings.log_level)
        asyncio.run(_migrate(service, settings))

    return command


async def _migrate(service: Service, settings: ServiceSettings) -> None:
    try:
        demand_room(settings.disk_start_mebibytes)
        await _demand_right_database(service, settings)
    except CannotStart as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None
    except Exception as error:
        if not is_transient(error):
            raise
        typer.echo(str(silent_database(service, error)), err=True)
        raise typer.Exit(1) from None
    await migrations.apply(settings.database_url, name=service.name, directory=service.migrations)


async def _demand_right_database(service: Service, settings: ServiceSettings) -> None:
    await demand_usable_database(service, settings)
    await demand_right_clock(settings)


async def _check(service: Service, settings: ServiceSettings) -> int:
    """A database that is not there yet keeps nothing, so it is only mentioned."""
    said = [f"✗ {finding}" for finding in room_findings(settings.disk_start_mebibytes)]
    try:
        await _demand_right_database(service, settings)
        said.append(await _to_come(service, settings))
    except CannotStart as refusal:
        said.append(f"✗ {refusal}")
    except Exception as error:
        if not is_transient(error):
            raise
        said.append(
            f"! No database answers yet ({type(error).__name__}): only settings and secrets were"
            " looked at, and they can be used."
        )
    typer.echo("\n".join(said))
    return int(any(line.startswith("✗") for line in said))


async def _to_come(service: Service, settings: ServiceSettings) -> str:
    async with single_connection(
        settings.database_url, application=f"{service.name}-check"
    ) as connection:
        missing, _ = await migrations.differences(connection, service.migrations)
    names = f"{len(missing)} ({', '.join(sorted(missing))})" if missing else "none"
    return f"✓ Settings, secrets and database can be used; migrations to be applied: {names}."
