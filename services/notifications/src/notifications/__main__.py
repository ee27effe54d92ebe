"""The command line: ``python -m notifications``."""

from chassis.cli import service_cli
from notifications.app import service

app = service_cli(service)

if __name__ == "__main__":
    app()
