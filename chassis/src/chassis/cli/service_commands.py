"""Assembles the command line of one service from the chassis's groups."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from chassis import sweeps
from chassis.cli import data_commands, doctor
from chassis.cli.migrate_command import migrate_command
from chassis.cli.restore_commands import catch_up_command, restored_command
from chassis.cli.running import audit, in_transaction, settings_of
from chassis.clock import START_CLOCK_SECONDS, clock_findings
from chassis.observability import configure_logging
from chassis.service import Service
from chassis.serving import serve
from chassis.sweeps import Sweeper, utc_now


def service_cli(service: Service) -> typer.Typer:
    """The commands of every service; it adds its own to what this returns."""
    app = typer.Typer(
        name=service.name,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.command("serve")(_serve_command(service))
    app.command("migrate")(migrate_command(service))
    app.command("sweep")(_sweep_command(service))
    app.command("doctor")(doctor.command(service))
    app.command("restored")(restored_command(service))
    app.command("catch-up")(catch_up_command(service))
    data_commands.add_to(app, service)
    return app


def _serve_command(service: Service) -> Callable[[], None]:
    def command() -> None:
        """Run the service until it is told to stop.

        Example: python -m SERVICE serve
        """
        settings = settings_of(service)
        configure_logging(service=service.name, level=settings.log_level)
        raise typer.Exit(asyncio.run(serve(service, settings)))

    return command


def _sweep_command(service: Service) -> Callable[..., None]:
    def command(
        at: Annotated[
            datetime | None,
            typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="As of this time, with its zone."),
        ] = None,
        *,
        confirm: Annotated[
            bool, typer.Option("--confirm", help="Let stopped sweeps run once.")
        ] = False,
    ) -> None:
        """Run what is due, once.

        Examples: python -m SERVICE sweep ·
        python -m SERVICE sweep --at 2027-01-31T08:00:00+0000 · python -m SERVICE sweep --confirm
        """
        settings = settings_of(service)
        configure_logging(service=service.name, level=settings.log_level)
        if at is not None and not settings.allow_time_travel:
            typer.echo("sweep --at is refused: the setting allow_time_travel is off.", err=True)
            raise typer.Exit(2)
        if confirm:
            _confirm(service)
        _run_due(service, at or utc_now())

    return command


def _confirm(service: Service) -> None:
    """Not by a wrong clock: what is not due would end, and nobody could take it back."""
    found = in_transaction(
        service, lambda c: clock_findings(c, at_most_seconds=START_CLOCK_SECONDS)
    )
    if found:
        typer.echo(f"Nothing was confirmed. {found[0]}", err=True)
        raise typer.Exit(1)
    names = ", ".join(in_transaction(service, sweeps.confirm))
    in_transaction(service, lambda c: audit(c, "sweep --confirm", names))
    typer.echo(f"Confirmed: {names}." if names else "None was stopped.")


def _run_due(service: Service, now: datetime) -> None:
    try:
        stopped = asyncio.run(_sweep(service, now))
    except ExceptionGroup as failed:
        errors = ", ".join(type(error).__name__ for error in failed.exceptions)
        typer.echo(f"Sweeps failed: {errors}. Which ones: doctor.", err=True)
        raise typer.Exit(1) from None
    if stopped:
        typer.echo(f"Stopped: {', '.join(stopped)}. Look, then run sweep --confirm.", err=True)
        raise typer.Exit(1)


async def _sweep(service: Service, now: datetime) -> tuple[str, ...]:
    runtime = service.runtime(settings_of(service))
    await runtime.pool.open()
    try:
        sweeper = Sweeper(service.sweeps, pool=runtime.pool, clock=lambda: now, every_seconds=60)
        return await sweeper.run_once(now, waits=True)
    finally:
        await runtime.pool.close()
