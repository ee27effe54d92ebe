"""The chassis's own command line: provisioning topics from a declarative file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from chassis.provisioning import ProvisioningFailed, TopicFile, provision

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
) -> None:
    """Create the topics of a file where they are missing; safe to repeat.

    Example: python -m chassis provision topics.json --bootstrap kafka:9092
    """
    declared = TopicFile.read(topics).topics
    work = provision(bootstrap, declared, replication=replication, min_insync=min_insync)
    try:
        created = asyncio.run(work)
    except ProvisioningFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{len(created)} topics created, {len(declared) - len(created)} were there.")


if __name__ == "__main__":
    app()
