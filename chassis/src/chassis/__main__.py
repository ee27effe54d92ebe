"""The chassis's own command line: provisioning topics from a declarative file."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from chassis.cli.broker_checks import silent_broker
from chassis.disk import ROOM, room_findings
from chassis.provisioning import (
    ProvisioningFailed,
    Topic,
    TopicFile,
    missing_topics,
    provision,
)
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
    check: Annotated[bool, typer.Option("--check", help="Only say what it would meet.")] = False,
) -> None:
    """Create the topics of a file where they are missing; safe to repeat.

    Where one is there with other settings, nothing is created, and which ones is said.
    Examples: python -m chassis provision topics.json --bootstrap kafka:9092 ·
    python -m chassis provision topics.json --correct ·
    python -m chassis provision topics.json --check
    """
    declared = TopicFile.read(topics).topics
    copies = {"replication": replication, "min_insync": min_insync}
    if check:
        raise typer.Exit(asyncio.run(_check(bootstrap, declared, least_room=least_room, **copies)))
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


async def _check(
    bootstrap: str, declared: tuple[Topic, ...], *, least_room: int, **copies: int
) -> int:
    # What the client says of a broker that is away is one sentence, in our words.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    wrong = [str(finding) for finding in room_findings(least_room)]
    try:
        await demand_as_declared(bootstrap, declared, corrects=False, **copies)
        missing = await missing_topics(bootstrap, {topic.name for topic in declared})
        there = len(declared) - len(missing)
        typer.echo(f"✓ {there} topics are as declared, {len(missing)} would be created.")
    except TopicsDiffer as differences:
        wrong += str(differences).splitlines()
    except (KafkaError, OSError) as error:
        wrong.append(str(silent_broker(bootstrap, error)))
    for sentence in wrong:
        typer.echo(f"✗ {sentence}")
    return int(bool(wrong))


if __name__ == "__main__":
    app()
