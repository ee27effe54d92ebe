"""What every command needs: settings with readable refusals, a database, an audit line."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from pydantic import ValidationError

from chassis.database import Connection, single_connection
from chassis.service import Service
from chassis.settings import ServiceSettings

T = TypeVar("T")


def settings_of(service: Service) -> ServiceSettings:
    """The service's settings; a missing or malformed one ends the command in one sentence."""
    try:
        return service.settings()
    except ValidationError as error:
        prefix = service.settings.model_config.get("env_prefix", "")
        for each in error.errors(include_input=False, include_url=False):
            name = prefix + "_".join(map(str, each["loc"])).upper()
            typer.echo(f"Setting {name}: {each['msg']}. Set it in the environment.", err=True)
        raise typer.Exit(2) from None


def in_transaction(service: Service, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run one piece of work in one transaction on the service's database."""
    url = settings_of(service).database_url

    async def run() -> T:
        async with (
            single_connection(url, application=f"{service.name}-cli") as connection,
            connection.transaction(),
        ):
            return await work(connection)

    return asyncio.run(run())


async def audit(connection: Connection, command: str, result: str) -> None:
    await connection.execute(
        "insert into operator_action (operator, command, result) values ($1, $2, $3)",
        getpass.getuser(),
        command,
        result,
    )
