"""The service's command line: the engine's commands, and those of the service around it."""

from matching.command_line import commands

app = commands

if __name__ == "__main__":
    app()
