"""`erase`: forget a person or an organisation for good, with an audit line that names neither."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from chassis.cause import Cause
from chassis.cli.running import audit, in_transaction, settings_of
from chassis.database import Connection
from chassis.service import Service
from listings import erasure
from listings.cli.tracing import formerly_at, tracer_of
from listings.erased import storage
from listings.erased.entry import Entry, UnreadableList, as_file, in_file
from listings.erased.traces import Tracer
from listings.members.storage import member_by_email
from listings.organisations.storage import organisation_id_of
from listings.settings import ListingsSettings

Email = Annotated[str, typer.Argument(help="The member's e-mail address.")]
Key = Annotated[str, typer.Argument(help="The organisation's id, or its external_id.")]
Erasing = Callable[..., Awaitable[None]]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DONE = (
    "Erased. Other services follow within seconds, Kafka within two days.\n"
    "Keep the list outside of the backups: python -m listings erase list > erased.csv"
)
ListFile = Annotated[
    Path | None, typer.Argument(help="What `erase list` printed; without it, the table alone.")
]


def erase_commands(service: Service) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    @group.callback()
    def erase() -> None:
        """Forget a person or an organisation, for good."""

    @group.command("member")
    def member(email: Email, *, yes: Yes = False) -> None:
        """Forget a person; sessions are void. Example: … erase member b.sommer@example.org"""
        _confirm("member", yes=yes)
        tracer = tracer_of(service)
        in_transaction(service, lambda connection: _erase_member(connection, email, tracer))
        typer.echo(DONE)

    @group.command("organisation")
    def organisation(key: Key, *, yes: Yes = False) -> None:
        """Forget an organisation, its listings and contacts. Example: … erase organisation O-17"""
        _confirm("organisation", yes=yes)
        command = partial(
            erasure.erase_from_directory, tracer=tracer_of(service), public_url=_address(service)
        )
        in_transaction(service, lambda connection: _erase_organisation(connection, key, command))
        typer.echo(DONE)

    @group.command("list")
    def list_() -> None:
        """Print who was erased, as ids and hashes. Example: … erase list > erased.csv"""
        typer.echo(as_file(in_transaction(service, storage.entries)), nl=False)

    @group.command("reapply")
    def reapply(file: ListFile = None) -> None:
        """Erase again whom a restored backup brought back. Example: … erase reapply erased.csv"""
        entries = () if file is None else _entries_in(file)
        tracer = tracer_of(service)
        count = in_transaction(service, lambda connection: _reapply(connection, entries, tracer))
        typer.echo(f"Erased again: {count}.")

    return group


async def _erase_member(connection: Connection, email: str, tracer: Tracer) -> None:
    found = await member_by_email(connection, email.strip())
    for former in () if found else await formerly_at(connection, email, tracer):
        typer.echo(f"Whoever had it before has another now: {former.email}.", err=True)
    command = partial(erasure.erase_member, tracer=tracer)
    await _erase(connection, "member", found.id if found else None, command)


async def _erase_organisation(connection: Connection, key: str, command: Erasing) -> None:
    found = await organisation_id_of(connection, key.strip())
    await _erase(connection, "organisation", found, command)


def _address(service: Service) -> str:
    settings = settings_of(service)
    assert isinstance(settings, ListingsSettings)  # noqa: S101 - the service's own class
    return settings.public_url


async def _reapply(connection: Connection, entries: Sequence[Entry], tracer: Tracer) -> int:
    count = await erasure.reapply(
        connection, entries, tracer=tracer, now=datetime.now(UTC), cause=Cause.new()
    )
    await audit(connection, "erase reapply", str(count))
    return count


def _entries_in(file: Path) -> tuple[Entry, ...]:
    try:
        return in_file(file.read_text(encoding="utf-8-sig"))
    except UnreadableList as error:
        typer.echo(f"Line {error.line} is none of an erasure list. Nothing was erased.", err=True)
    except (OSError, UnicodeDecodeError):
        typer.echo("The file cannot be read. Nothing was erased.", err=True)
    raise typer.Exit(1)


async def _erase(connection: Connection, noun: str, found: UUID | None, command: Erasing) -> None:
    if found is None:
        typer.echo(f"There is no such {noun}.", err=True)
        raise typer.Exit(1)
    await command(connection, found, now=datetime.now(UTC), cause=Cause.new())
    await audit(connection, f"erase {noun}", str(found))


def _confirm(noun: str, *, yes: bool) -> None:
    if not yes:
        typer.confirm(f"Erase this {noun} for good?", abort=True)
