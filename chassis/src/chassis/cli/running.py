"""What every command needs: settings with readable refusals, a database, an audit line."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from chassis.database import Connection, single_connection
from chassis.operator_actions import note_action
from chassis.service import Service
from chassis.settings import PREFIX_OF_ALL, ServiceSettings, secrets_directory

T = TypeVar("T")


def settings_of(service: Service) -> ServiceSettings:
    """The service's settings; each missing or malformed one is refused in one sentence."""
    try:
        return service.settings()
    except SettingsError as error:
        typer.echo(f"Settings: {error}; lists and mappings are written as JSON.", err=True)
    except ValidationError as error:
        for each in error.errors(include_input=False, include_url=False):
            typer.echo(_refusal(service, each), err=True)
    raise typer.Exit(2)


def _refusal(service: Service, error: ErrorDetails) -> str:
    setting = "_".join(map(str, error["loc"])).upper()
    own = service.settings.model_config.get("env_prefix", "") + setting
    if error["type"] == "missing":
        file = secrets_directory() / own.lower()
        return f"Setting {own} is missing: set the variable, or write the file {file}."
    of_all = PREFIX_OF_ALL + setting
    name = of_all if of_all in os.environ and not os.environ.get(own) else own
    reason = error["msg"].removeprefix("Value error, ")
    return f"Setting {name} cannot be used: {reason}."


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
    await note_action(connection, operator=getpass.getuser(), command=command, result=result)
