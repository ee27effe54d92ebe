"""Commands over what the chassis keeps: the outbox, parked records, offsets and states."""

import asyncio
from typing import Annotated

import typer

from chassis.cause import Cause
from chassis.cli.outbox_commands import outbox_commands
from chassis.cli.parked_commands import parked_commands
from chassis.cli.running import audit, connected, in_transaction, settings_of
from chassis.database import Connection
from chassis.provisioning import partitions_of
from chassis.republish import republish
from chassis.service import Service


def add_to(app: typer.Typer, service: Service) -> None:
    app.add_typer(
        parked_commands(service), name="parked", help="Records that could not be handled."
    )
    app.add_typer(outbox_commands(service), name="outbox", help="What waits to be published.")
    app.add_typer(_consumer(service), name="consumer", help="What this service reads.")
    app.add_typer(_state(service), name="state", help="The states this service owns.")


def _group() -> typer.Typer:
    return typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


def _consumer(service: Service) -> typer.Typer:
    group = _group()

    @group.callback()
    def consumer() -> None:
        """What this service reads."""

    @group.command("rewind")
    def rewind(topic: Annotated[str, typer.Argument(help="A state topic.")]) -> None:
        """Read a state topic again from its start. Example: … consumer rewind TOPIC"""
        states = {each.topic for each in service.consumers.classes if each.role == "state"}
        if topic not in states:
            typer.echo(f"{topic} is no state topic of this service: {sorted(states)}", err=True)
            raise typer.Exit(2)
        bootstrap = settings_of(service).kafka_bootstrap
        partitions = asyncio.run(partitions_of(bootstrap, topic))

        async def work(connection: Connection) -> None:
            await connection.execute(
                "insert into consumer_rewind (topic, partition)"
                " select $1, unnest($2::int[]) on conflict do nothing",
                topic,
                list(partitions),
            )
            await audit(connection, f"consumer rewind {topic}", "asked")

        in_transaction(service, work)
        typer.echo(f"The running service reads {topic} again within seconds.")

    return group


def _state(service: Service) -> typer.Typer:
    group = _group()

    @group.callback()
    def state() -> None:
        """The states this service owns."""

    @group.command("republish")
    def republish_states() -> None:
        """Write all current states and gravestones to the outbox. Example: … state republish"""

        async def work() -> int:
            async with connected(service, "republish") as connection:
                return await republish(connection, service.outbox, service.owned, cause=Cause.new())

        typer.echo(f"{asyncio.run(work())} records will be published.")

    return group
