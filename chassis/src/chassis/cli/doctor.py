"""``doctor``: what is wrong with a service, and for each the one thing to do about it."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from chassis.cli import broker_checks, database_checks
from chassis.cli.running import settings_of
from chassis.database import single_connection
from chassis.disk import disk_findings, disks, free_ratio
from chassis.finding import Finding
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.start_checks import silent_database


def command(service: Service) -> Callable[..., None]:
    def doctor(
        *, as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False
    ) -> None:
        """Check topics, consumer, database, outbox, parked records, sweeps, clock and disk.

        Examples: python -m SERVICE doctor · python -m SERVICE doctor --json
        """
        # What the client says of a broker that is away is one finding, in our words.
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
        findings = asyncio.run(_findings(service, settings_of(service)))
        _show_json(service, findings) if as_json else _show(findings)
        if findings:
            raise typer.Exit(1)

    return doctor


def _show(findings: Sequence[Finding]) -> None:
    for finding in findings:
        typer.echo(f"✗ {finding}")
    if not findings:
        typer.echo("✓ Nothing wrong was found.")


def _show_json(service: Service, findings: Sequence[Finding]) -> None:
    found = {"service": service.name, "findings": [asdict(finding) for finding in findings]}
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


async def _findings(service: Service, settings: ServiceSettings) -> list[Finding]:
    free = {folder: free_ratio(folder) for folder in disks(settings.disk_folders)}
    return [
        *disk_findings(settings.disk_free_percent, free),
        *await broker_checks.findings(service, settings),
        *await _database(service, settings),
    ]


async def _database(service: Service, settings: ServiceSettings) -> list[Finding]:
    try:
        async with single_connection(
            settings.database_url, application=f"{service.name}-doctor"
        ) as connection:
            return await database_checks.findings(connection, service, settings)
    except Exception as error:
        return [silent_database(service, error)]
