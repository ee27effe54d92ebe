"""The chassis's own command line: provisioning topics from a declarative file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from chassis.disk import ROOM
from chassis.provisioning import ProvisioningFailed, Topic, TopicFile, provision
from chassis.start_checks import CannotStart, demand_room
from chassis.topic_correction import TopicsDiffer, demand_as_declared

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


@app.callback()
def main() -> None:
    """Look after what all services share."""


@app.command("provision")
def provision_topics(
    topics: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    bootstrap: Annotated[str, typer.Option(envvar="KAFKA_BOOTSTRAP")] = "localhost:9092",
    replication: Annotated[int, typer.Option(envvar="TOPIC_REPLICATION")] = 1,
    min_insync: Annotated[int, typer.Option(envvar="TOPIC_MIN_INSYNC")] = 1,
    least_room: Annotated[int, typer.Option(envvar=ROOM, help="MiB of free disk.")] = 256,
    *,
    correct: Annotated[bool, typer.Option("--correct", help="Set wrong settings right.")] = False,
) -> None:
    """Create the topics of a file where they are missing; safe to repeat.

    Where one is there with other settings, nothing is created, and which ones is said.
    Examples: python -m chassis provision topics.json --bootstrap kafka:9092 ·
    python -m chassis provision topics.json --correct
    """
    declared = TopicFile.read(topics).topics
    copies = {"replication": replication, "min_insync": min_insync}
    try:
        demand_room(least_room)
        asyncio.run(_correct(bootstrap, declared, corrects=correct, **copies))
        created = asyncio.run(provision(bootstrap, declared, **copies))
    except (CannotStart, TopicsDiffer, ProvisioningFailed) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{len(created)} topics created, {len(declared) - len(created)} were there.")


async def _correct(
    bootstrap: str, declared: tuple[Topic, ...], *, corrects: bool, **copies: int
) -> None:
    for each in await demand_as_declared(bootstrap, declared, corrects=corrects, **copies):
        typer.echo(f"Topic {each.topic}: {each.setting} was {each.found}, is {each.declared}.")


if __name__ == "__main__":
    app()
