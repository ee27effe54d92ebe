"""The command line: the chassis's commands, imports, and what operators do for members."""

from chassis.cli import service_cli
from listings.app import service
from listings.cli.erase_commands import erase_commands
from listings.cli.import_commands import import_commands
from listings.cli.member_commands import add_member_commands

cli = service_cli(service)
cli.add_typer(import_commands(service), name="import")
cli.add_typer(erase_commands(service), name="erase", help="Forget somebody, for good.")
add_member_commands(cli, service)

if __name__ == "__main__":
    cli()
