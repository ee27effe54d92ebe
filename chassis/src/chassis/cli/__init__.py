"""The command line that every service has: run, migrate, look after what the chassis keeps."""

from chassis.cli.service_commands import service_cli

__all__ = ["service_cli"]
