"""The service's command line: those of every service, and the engine's model and rank."""

from chassis.cli import service_cli
from matching.app import service
from matching.background_commands import background_commands
from matching.command_line import commands
from matching.evaluation.command_line import evaluation_commands

app = service_cli(service)
app.registered_commands.extend(commands.registered_commands)
app.registered_commands.extend(evaluation_commands(service).registered_commands)
app.add_typer(background_commands(service), name="background")

if __name__ == "__main__":
    app()
