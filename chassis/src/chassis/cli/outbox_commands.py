"""Commands over the outbox: look what waits, try again what was set aside, publish facts again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from chassis import backlog
from chassis.cli.running import audit, in_transaction
from chassis.database import Connection, Row
from chassis.service import Service


def outbox_commands(service: Service) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    @group.command("status")
    def status() -> None:
        """Show what waits and what is set aside. Example: python -m SERVICE outbox status"""
        _show(in_transaction(service, backlog.by_topic))

    @group.command("release")
    def release() -> None:
        """Try rows that were set aside again. Example: python -m SERVICE outbox release"""
        _publish_again(service, "outbox release", backlog.RELEASE)

    @group.command("replay")
    def replay(since: Annotated[datetime, typer.Option(help="Created at or after, UTC.")]) -> None:
        """Publish facts again, with their old ids, after a broker lost data.

        Example: python -m SERVICE outbox replay --since 2027-01-31T08:00:00
        """
        _publish_again(service, "outbox replay", backlog.REPLAY, since.replace(tzinfo=UTC))

    return group


def _show(topics: Sequence[Row]) -> None:
    for row in topics:
        typer.echo(
            f"{row['topic']}: {row['pending']} pending since {row['oldest']:%Y-%m-%d %H:%M:%S},"
            f" {row['set_aside']} set aside {row['error'] or ''}".rstrip()
        )
    if not topics:
        typer.echo("Everything is published.")


def _publish_again(service: Service, command: str, statement: str, *values: object) -> None:
    async def work(connection: Connection) -> str:
        result = await connection.execute(statement, *values)
        await audit(connection, command, result)
        return result.removeprefix("UPDATE ")

    typer.echo(f"{in_transaction(service, work)} rows will be published.")
