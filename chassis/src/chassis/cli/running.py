"""What every command needs: settings with readable refusals, a database, an audit line."""

import asyncio
import getpass
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

import asyncpg
import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from chassis.database import Connection, single_connection
from chassis.operator_actions import note_action
from chassis.service import Service
from chassis.settings import PREFIX_OF_ALL, ServiceSettings, secrets_directory
from chassis.start_checks import silent_database

T = TypeVar("T")


def settings_of(service: Service) -> ServiceSettings:
    """The service's settings; each missing or malformed one is refused in one sentence."""
    try:
        return service.settings()
    except SettingsError as error:
        typer.echo(_no_json(service, error), err=True)
    except ValidationError as error:
        for each in error.errors(include_input=False, include_url=False):
            typer.echo(_refusal(service, each), err=True)
    raise typer.Exit(2)


def _no_json(service: Service, error: SettingsError) -> str:
    """Its own words name the field, and not the variable or file that somebody wrote."""
    fields = service.settings.model_fields
    setting = next((each for each in fields if f'"{each}"' in str(error)), "").upper()
    name = _variable(service, setting)
    return f"Setting {name} cannot be used: lists and mappings are written as JSON."


def _refusal(service: Service, error: ErrorDetails) -> str:
    setting = "".join(map(str, error["loc"][:1])).upper()
    own = service.settings.model_config.get("env_prefix", "") + setting
    if error["type"] == "missing":
        file = secrets_directory() / own.lower()
        return f"Setting {own} is missing: set the variable, or write the file {file}."
    reason = error["msg"].removeprefix("Value error, ")
    return f"Setting {_variable(service, setting)} cannot be used: {reason}."


def _variable(service: Service, setting: str) -> str:
    own = service.settings.model_config.get("env_prefix", "") + setting
    of_all = PREFIX_OF_ALL + setting
    return of_all if of_all in os.environ and not os.environ.get(own) else own


def in_transaction(service: Service, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run one piece of work in one transaction on the service's database."""

    async def run() -> T:
        async with connected(service, "cli") as connection, connection.transaction():
            return await work(connection)

    return asyncio.run(run())


@asynccontextmanager
async def connected(service: Service, purpose: str) -> AsyncIterator[Connection]:
    """A connection of its own; a database that lets nobody in is told in one sentence."""
    url = settings_of(service).database_url
    async with AsyncExitStack() as stack:
        try:
            connecting = single_connection(url, application=f"{service.name}-{purpose}")
            connection = await stack.enter_async_context(connecting)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            typer.echo(str(silent_database(service, error)), err=True)
            raise typer.Exit(1) from None
        yield connection


async def audit(connection: Connection, command: str, result: str) -> None:
    await note_action(connection, operator=getpass.getuser(), command=command, result=result)
