"""An operator gives a member another address: after a takeover, or where no mail arrives."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from chassis.cause import Cause
from chassis.cli.running import audit, in_transaction
from chassis.database import Connection
from chassis.service import Service
from listings.cli.tracing import formerly_at, tracer_of
from listings.erased.traces import Tracer
from listings.imports import ReachableAddress
from listings.members import moving, storage
from listings.members.address_change import AddressTaken
from listings.members.member import Member, normalised_email

ADDRESS: TypeAdapter[str] = TypeAdapter(ReachableAddress)
Known = Annotated[str, typer.Argument(help="The member's address now, or one before.")]
New = Annotated[str, typer.Argument(help="The address that counts from now on.")]


def add_move(group: typer.Typer, service: Service) -> None:
    @group.command("move")
    def move(known: Known, new: New) -> None:
        """Give a member another address, and sign out everybody who uses the account.

        Example: … member move b.sommer@example.org b.sommer@example.com
        """
        address, tracer = _reachable(new), tracer_of(service)

        async def work(connection: Connection) -> None:
            await _move(connection, known, address, tracer)

        in_transaction(service, work)
        typer.echo(f"{address} signs in from now on. Sessions and API tokens are void.")
        typer.echo("Where a file of yours names the member, change the line as well.")


def _reachable(address: str) -> str:
    try:
        return normalised_email(ADDRESS.validate_python(address.strip()))
    except ValidationError:
        raise _refused(f"{address} is no address that mail reaches.") from None


async def _move(connection: Connection, known: str, new: str, tracer: Tracer) -> None:
    found = await _known_as(connection, known, tracer)
    if len(found) != 1:
        raise _refused(
            "Several members had this address: name the one that counts now."
            if found
            else "No member has or had this address."
        )
    [member] = found
    if member.email == new:
        raise _refused(f"{new} is their address already. `member sign-out` ends sessions and keys.")
    try:
        await moving.move_for(
            connection, member.id, new, tracer=tracer, now=datetime.now(UTC), cause=Cause.new()
        )
    except AddressTaken:
        raise _refused(f"{new} is another member's.") from None
    await audit(connection, "member move", str(member.id))


async def _known_as(connection: Connection, email: str, tracer: Tracer) -> tuple[Member, ...]:
    member = await storage.member_by_email(connection, email.strip())
    return (member,) if member else await formerly_at(connection, email, tracer)


def _refused(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(1)
