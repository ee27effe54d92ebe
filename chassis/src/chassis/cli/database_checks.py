"""What ``doctor`` asks the database; where migrations are missing, nothing else is asked."""

from collections.abc import Awaitable, Callable

from chassis import migrations
from chassis.clock import clock_findings
from chassis.database import Connection
from chassis.finding import Finding
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.start_checks import newer_database

OUTBOX_SECONDS = 60.0


async def findings(
    connection: Connection, service: Service, settings: ServiceSettings
) -> list[Finding]:
    missing, unknown = await migrations.differences(connection, service.migrations)
    if missing:
        return [_missing(service, missing)]
    found = [newer_database(unknown)] if unknown else []
    found += await clock_findings(connection)
    for check in _CHECKS:
        found += await check(connection, f"python -m {service.name}")
    for own in service.checks:
        found += await own(connection, settings)
    return found


def _missing(service: Service, names: set[str]) -> Finding:
    return Finding(
        check="migrations_missing",
        wrong=f"The database lacks migrations: {', '.join(sorted(names))}.",
        remedy=f"Run: python -m {service.name} migrate",
    )


async def _outbox(connection: Connection, cli: str) -> list[Finding]:
    row = await connection.fetchrow(
        "select count(set_aside_at) as set_aside,"
        " extract(epoch from clock_timestamp() - min(created_at)"
        "  filter (where set_aside_at is null)) as oldest"
        " from outbox where published_at is null"
    )
    found = []
    if row and row["set_aside"]:
        found.append(
            Finding(
                check="outbox_set_aside",
                wrong=f"{row['set_aside']} outbox rows set aside.",
                remedy=f"See: {cli} outbox status; then: {cli} outbox release",
            )
        )
    elif row and (row["oldest"] or 0) > OUTBOX_SECONDS:
        found.append(
            Finding(
                check="outbox_oldest",
                wrong=f"The outbox waits for {row['oldest']:.0f} s.",
                remedy=f"Is the service running, Kafka up? What waits, says: {cli} outbox status",
            )
        )
    return found


async def _parked(connection: Connection, cli: str) -> list[Finding]:
    parked = await connection.fetchval(
        "select count(*) from parked_record where resolved_at is null"
    )
    stopped = await connection.fetchval(
        "select count(*) from consumer_gate where stopped_at is not null"
    )
    if stopped:
        wrong = f"The consumer is stopped, {parked} records are parked."
        remedy = f"See: {cli} parked list; once the cause is gone: {cli} parked resume"
        return [Finding(check="consumer_stopped", wrong=wrong, remedy=remedy)]
    if parked:
        remedy = f"See: {cli} parked list; then parked replay or parked discard, each with its id"
        return [Finding(check="parked", wrong=f"{parked} parked records.", remedy=remedy)]
    return []


async def _stopped_sweeps(connection: Connection, cli: str) -> list[Finding]:
    rows = await connection.fetch(
        "select name, stop_reason from sweep where stopped_at is not null order by name"
    )
    if not rows:
        return []
    reasons = "; ".join(f"{row['name']} {row['stop_reason']}" for row in rows)
    return [
        Finding(
            check="sweeps_stopped",
            wrong=f"Sweeps stopped: {reasons}.",
            remedy=f"Look whether that is right, then run: {cli} sweep --confirm",
        )
    ]


async def _failing_sweeps(connection: Connection, cli: str) -> list[Finding]:
    rows = await connection.fetch(
        "select name, failed_at, failure from sweep where failed_at is not null order by name"
    )
    if not rows:
        return []
    failures = "; ".join(
        f"{row['name']} ({row['failure']}, last {row['failed_at']:%Y-%m-%d %H:%M})" for row in rows
    )
    return [
        Finding(
            check="sweeps_failing",
            wrong=f"Sweeps fail: {failures}.",
            remedy=(
                "See sweep_failed in the log; the others go on. Whether it is cured,"
                f" says: {cli} sweep"
            ),
        )
    ]


_CHECKS: tuple[Callable[[Connection, str], Awaitable[list[Finding]]], ...] = (
    _outbox,
    _parked,
    _stopped_sweeps,
    _failing_sweeps,
)
