"""What operators do for single members, each with an audit line: roles, tokens, leaving."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from getpass import getuser
from typing import Annotated

import typer

from chassis.cause import Cause
from chassis.cli.running import audit, in_transaction
from chassis.database import Connection
from chassis.service import Service
from listings import leaving
from listings.cli.address_commands import add_move
from listings.members import commands, granting, storage
from listings.members.member import Member
from listings.members.tokens import create_token
from listings.organisations.storage import organisation_id_of
from schemas.vocabulary import Role

Email = Annotated[str, typer.Argument(help="The member's e-mail address.")]
Organisation = Annotated[str, typer.Argument(help="The organisation's id, or its external_id.")]
RoleName = Annotated[Role, typer.Argument(help="moderator, broker or admin.")]

NOBODY_LEFT = "What it posted pauses until somebody who joins confirms one of its listings."


def add_member_commands(app: typer.Typer, service: Service) -> None:
    app.add_typer(_roles(service), name="role", help="Who may moderate, advise, configure.")
    app.add_typer(_tokens(service), name="token", help="Keys for the JSON API.")
    app.add_typer(_leaving(service), name="member", help="Who leaves, lost a device or an address.")


def _group() -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    # Without a callback, typer would make a group's only command the group itself.
    group.callback()(lambda: None)
    return group


def _roles(service: Service) -> typer.Typer:
    group = _group()

    @group.command("grant")
    def grant(email: Email, role: RoleName) -> None:
        """Give a role. Example: python -m listings role grant b.sommer@example.org moderator"""
        _change_roles(service, email, partial(_grant, role=role))

    @group.command("revoke")
    def revoke(email: Email, role: RoleName) -> None:
        """Take a role. Example: python -m listings role revoke b.sommer@example.org moderator"""
        _change_roles(service, email, partial(_revoke, role=role))

    return group


def _change_roles(
    service: Service, email: str, change: Callable[[Connection, Member], Awaitable[Member]]
) -> None:
    async def work(connection: Connection) -> Member:
        return await change(connection, await _member(connection, email))

    typer.echo(f"Roles: {', '.join(in_transaction(service, work).roles)}.")


async def _grant(connection: Connection, member: Member, *, role: Role) -> Member:
    return await granting.grant_role(
        connection, member.email, role, by=getuser(), now=datetime.now(UTC), cause=Cause.new()
    )


async def _revoke(connection: Connection, member: Member, *, role: Role) -> Member:
    try:
        return await granting.revoke_role(
            connection, member.id, role, by=getuser(), now=datetime.now(UTC), cause=Cause.new()
        )
    except granting.LastAdministrator:
        typer.echo("Nobody else is an admin: grant the role to somebody else first.", err=True)
        raise typer.Exit(1) from None


def _tokens(service: Service) -> typer.Typer:
    group = _group()

    @group.command("create")
    def create(
        email: Email, label: Annotated[str, typer.Option(help="What the token is for.")]
    ) -> None:
        """Print a new API token, once.

        Example: python -m listings token create b.sommer@example.org --label inventory
        """

        async def work(connection: Connection) -> str:
            member = await _member(connection, email)
            await audit(connection, "token create", str(member.id))
            return await create_token(connection, member.id, label=label, now=datetime.now(UTC))

        typer.echo(in_transaction(service, work))

    return group


def _leaving(service: Service) -> typer.Typer:
    group = _group()

    @group.command("sign-out")
    def sign_out(email: Email) -> None:
        """End all sessions and API tokens. Example: … member sign-out b.sommer@example.org"""

        async def work(connection: Connection) -> None:
            member = await _member(connection, email)
            await commands.end_access(
                connection, member.id, now=datetime.now(UTC), cause=Cause.new()
            )
            await audit(connection, "member sign-out", str(member.id))

        in_transaction(service, work)
        typer.echo("Signed out everywhere, API tokens are void. A link signs in again.")

    @group.command("leave")
    def leave(email: Email, organisation: Organisation) -> None:
        """End acting for an organisation. Example: … member leave b.sommer@example.org O-17"""

        async def work(connection: Connection) -> int:
            member = await _member(connection, email)
            return await _leave(connection, member, organisation)

        left = in_transaction(service, work)
        typer.echo(f"Done. Left to act for it: {left}.")
        if not left:
            typer.echo(NOBODY_LEFT)
        typer.echo("Take the line out of your file of members as well.")

    add_move(group, service)
    return group


async def _leave(connection: Connection, member: Member, key: str) -> int:
    organisation_id = await organisation_id_of(connection, key.strip())
    if organisation_id not in member.organisation_ids:
        typer.echo("The member does not act for such an organisation.", err=True)
        raise typer.Exit(1)
    await leaving.end_membership(
        connection, member.id, organisation_id, now=datetime.now(UTC), cause=Cause.new()
    )
    await audit(connection, "member leave", f"{member.id} {organisation_id}")
    return len(await storage.members_of_organisation(connection, organisation_id))


async def _member(connection: Connection, email: str) -> Member:
    member = await storage.member_by_email(connection, email.strip())
    if member is None:
        typer.echo("No member has this address.", err=True)
        raise typer.Exit(1)
    return member
