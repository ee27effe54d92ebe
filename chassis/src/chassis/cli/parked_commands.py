"""Commands over parked records: look, hand over again, give up, let the consumer go on."""

from typing import Annotated

import typer
from prometheus_client import CollectorRegistry

from chassis import gate, parking
from chassis.cli.running import audit, in_transaction
from chassis.database import Connection
from chassis.metrics import ConsumerMetrics
from chassis.replay import StaysParked, replay_parked
from chassis.service import Service

RecordId = Annotated[int, typer.Argument(help="The id that `parked list` shows.")]


def parked_commands(service: Service) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    @group.command("list")
    def list_records() -> None:
        """Show what is parked. Example: python -m SERVICE parked list"""
        rows = in_transaction(service, parking.open_records)
        for row in rows:
            place = f"{row['topic']}[{row['partition']}]@{row['offset']}"
            typer.echo(
                f"{row['id']:>6}  {row['parked_at']:%Y-%m-%d %H:%M}  {place}  {row['error']}"
            )
        typer.echo(f"{len(rows)} parked (the list ends at 100).")

    @group.command("show")
    def show(record_id: RecordId) -> None:
        """Show one record with its headers and value. Example: python -m SERVICE parked show 7"""
        record = in_transaction(service, lambda c: parking.record_of(c, record_id))
        if record is None:
            typer.echo(f"No parked record {record_id}. See: parked list", err=True)
            raise typer.Exit(1)
        for name, value in record.headers:
            typer.echo(f"{name}: {value!r}")
        typer.echo(repr(record.value))

    _add_replay(group, service)
    _add_discard(group, service)
    _add_resume(group, service)
    return group


def _add_replay(group: typer.Typer, service: Service) -> None:
    @group.command("replay")
    def replay(record_id: RecordId) -> None:
        """Hand a record to its handler again. Example: python -m SERVICE parked replay 7"""
        consumers, metrics = service.consumers, ConsumerMetrics(CollectorRegistry())

        async def work(connection: Connection) -> str:
            result = await replay_parked(
                connection, record_id, consumers=consumers, metrics=metrics
            )
            await audit(connection, f"parked replay {record_id}", result)
            return result

        try:
            typer.echo(in_transaction(service, work))
        except StaysParked as refused:
            typer.echo(str(refused), err=True)
            raise typer.Exit(1) from None


def _add_discard(group: typer.Typer, service: Service) -> None:
    @group.command("discard")
    def discard(record_id: RecordId) -> None:
        """Give a record up for good. Example: python -m SERVICE parked discard 7"""

        async def work(connection: Connection) -> bool:
            done = await parking.resolve(connection, record_id, resolution="discarded")
            await audit(connection, f"parked discard {record_id}", str(done))
            return done

        if not in_transaction(service, work):
            typer.echo(f"No parked record {record_id}. See: parked list", err=True)
            raise typer.Exit(1)
        typer.echo("Discarded.")


def _add_resume(group: typer.Typer, service: Service) -> None:
    @group.command("resume")
    def resume() -> None:
        """Let a stopped consumer go on. Example: python -m SERVICE parked resume"""

        async def work(connection: Connection) -> bool:
            done = await gate.resume(connection, service.name)
            await audit(connection, "parked resume", str(done))
            return done

        done = in_transaction(service, work)
        typer.echo("The consumer goes on." if done else "The consumer was not stopped.")
