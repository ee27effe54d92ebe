"""``doctor``: what is wrong with a service, and the remedy for each."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import typer

from chassis import provisioning
from chassis.cli.running import settings_of
from chassis.database import Connection, single_connection
from chassis.service import Service

CLOCK_SECONDS = 5.0
OUTBOX_SECONDS = 60.0

Finding = str | None


def command(service: Service) -> Callable[[], None]:
    def doctor() -> None:
        """Check topics, database, outbox, parked records, sweeps and clock.

        Example: python -m SERVICE doctor
        """
        findings = asyncio.run(_findings(service))
        for finding in findings:
            typer.echo(f"✗ {finding}")
        if findings:
            raise typer.Exit(1)
        typer.echo("✓ Nothing wrong was found.")

    return doctor


async def _findings(service: Service) -> list[str]:
    findings = [await _topics(service), *await _database(service)]
    return [finding for finding in findings if finding]


async def _topics(service: Service) -> Finding:
    settings = settings_of(service)
    try:
        missing = await provisioning.missing_topics(settings.kafka_bootstrap, service.topics)
    except Exception as error:
        return f"Kafka at {settings.kafka_bootstrap}: {type(error).__name__}. Is the broker up?"
    if missing:
        return f"Topics missing: {', '.join(sorted(missing))}. Run: python -m chassis provision"
    return None


async def _database(service: Service) -> list[Finding]:
    checks: tuple[Callable[[Connection], Awaitable[Finding]], ...] = (
        _clock,
        _outbox,
        _parked,
        _stopped_sweeps,
        _failing_sweeps,
    )
    try:
        async with single_connection(
            settings_of(service).database_url, application=f"{service.name}-doctor"
        ) as connection:
            return [await check(connection) for check in checks]
    except Exception as error:
        return [f"Database: {type(error).__name__}. Is it up, and was `migrate` run?"]


async def _clock(connection: Connection) -> Finding:
    database_now: datetime = await connection.fetchval("select clock_timestamp()")
    off = abs((datetime.now(UTC) - database_now).total_seconds())
    return (
        f"The clock is {off:.0f} s off the database's. Check NTP." if off > CLOCK_SECONDS else None
    )


async def _outbox(connection: Connection) -> Finding:
    row = await connection.fetchrow(
        "select count(set_aside_at) as set_aside,"
        " coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0) as oldest"
        " from outbox where published_at is null"
    )
    if row and row["set_aside"]:
        return f"{row['set_aside']} outbox rows set aside. See: outbox status, then outbox release"
    if row and row["oldest"] > OUTBOX_SECONDS:
        return f"The outbox waits for {row['oldest']:.0f} s. Is the service running, Kafka up?"
    return None


async def _parked(connection: Connection) -> Finding:
    parked = await connection.fetchval(
        "select count(*) from parked_record where resolved_at is null"
    )
    stopped = await connection.fetchval(
        "select count(*) from consumer_gate where stopped_at is not null"
    )
    if stopped:
        return f"The consumer is stopped, {parked} parked. See: parked list, then parked resume"
    return f"{parked} parked records. See: parked list" if parked else None


async def _stopped_sweeps(connection: Connection) -> Finding:
    rows = await connection.fetch(
        "select name, stop_reason from sweep where stopped_at is not null order by name"
    )
    if not rows:
        return None
    reasons = "; ".join(f"{row['name']} {row['stop_reason']}" for row in rows)
    return f"Sweeps stopped: {reasons}. Look, then run: sweep --confirm"


async def _failing_sweeps(connection: Connection) -> Finding:
    rows = await connection.fetch(
        "select name, failed_at, failure from sweep where failed_at is not null order by name"
    )
    if not rows:
        return None
    failures = "; ".join(
        f"{row['name']} ({row['failure']}, last {row['failed_at']:%Y-%m-%d %H:%M})" for row in rows
    )
    return f"Sweeps fail: {failures}. See sweep_failed in the log; the others go on"
