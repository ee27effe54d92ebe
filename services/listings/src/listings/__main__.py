"""The command line: the chassis's commands, imports, and what operators do for members."""

from datetime import datetime

from chassis.cause import Cause
from chassis.cli import service_cli
from chassis.database import Connection
from listings.app import service
from listings.cli.import_commands import import_commands
from listings.cli.member_commands import add_member_commands
from listings.contacts.erasure import blank_words_of
from listings.members.commands import erase_member
from listings.members.member import Member


async def erase(connection: Connection, member: Member, now: datetime, cause: Cause) -> None:
    """Forget a person in every noun of this service, in one transaction."""
    await blank_words_of(connection, member.id)
    await erase_member(connection, member.id, now=now, cause=cause)


cli = service_cli(service)
cli.add_typer(import_commands(service), name="import")
add_member_commands(cli, service, eraser=erase)

if __name__ == "__main__":
    cli()
