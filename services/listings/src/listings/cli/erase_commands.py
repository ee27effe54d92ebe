"""`erase`: forget a person or an organisation for good, with an audit line that names neither."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from chassis.cause import Cause
from chassis.cli.running import audit, in_transaction
from chassis.database import Connection
from chassis.service import Service
from listings import erasure
from listings.members.storage import member_by_email
from listings.organisations.storage import organisation_id_of

Email = Annotated[str, typer.Argument(help="The member's e-mail address.")]
Key = Annotated[str, typer.Argument(help="The organisation's id, or its external_id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DONE = "Erased. Other services follow within seconds, Kafka within two days."


def erase_commands(service: Service) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    @group.callback()
    def erase() -> None:
        """Forget a person or an organisation, for good."""

    @group.command("member")
    def member(email: Email, *, yes: Yes = False) -> None:
        """Forget a person; sessions are void. Example: … erase member b.sommer@example.org"""
        _confirm("member", yes=yes)
        in_transaction(service, lambda connection: _erase_member(connection, email))
        typer.echo(DONE)

    @group.command("organisation")
    def organisation(key: Key, *, yes: Yes = False) -> None:
        """Forget an organisation, its listings and contacts. Example: … erase organisation O-17"""
        _confirm("organisation", yes=yes)
        in_transaction(service, lambda connection: _erase_organisation(connection, key))
        typer.echo(DONE)

    return group


async def _erase_member(connection: Connection, email: str) -> None:
    found = await member_by_email(connection, email.strip())
    await _erase(connection, "member", found.id if found else None, erasure.erase_member)


async def _erase_organisation(connection: Connection, key: str) -> None:
    found = await organisation_id_of(connection, key.strip())
    await _erase(connection, "organisation", found, erasure.erase_organisation)


async def _erase(
    connection: Connection, noun: str, found: UUID | None, command: Callable[..., Awaitable[None]]
) -> None:
    if found is None:
        typer.echo(f"There is no such {noun}.", err=True)
        raise typer.Exit(1)
    await command(connection, found, now=datetime.now(UTC), cause=Cause.new())
    await audit(connection, f"erase {noun}", str(found))


def _confirm(noun: str, *, yes: bool) -> None:
    if not yes:
        typer.confirm(f"Erase this {noun} for good?", abort=True)
