"""The service's command line: ``python -m surveys serve``."""

from chassis.cli import service_cli
from surveys.app import service

app = service_cli(service)

if __name__ == "__main__":
    app()
