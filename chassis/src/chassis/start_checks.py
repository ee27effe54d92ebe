"""What a start asks before anything runs; what only needs time, such as an outage, it lets pass."""

import os
import socket
from collections.abc import Iterable

import asyncpg

from chassis import migrations
from chassis.clock import START_CLOCK_SECONDS, clock_findings
from chassis.database import is_transient, single_connection
from chassis.disk import room_findings
from chassis.finding import Finding
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.signing import UnusableKey
from chassis.sweeps import Clock, utc_now

_WRONG_URL = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)
_UNREADABLE_URL = (asyncpg.ClientConfigurationError, ValueError)


class CannotStart(Exception):
    """Trying again would not help; the finding says what does."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


async def demand_usable_database(service: Service, settings: ServiceSettings) -> None:
    """Raise `CannotStart` where the database refuses us or is newer; an absent one may come."""
    if not settings.database_url:
        raise CannotStart(_no_url(service))
    try:
        async with single_connection(
            settings.database_url, application=f"{service.name}-start"
        ) as connection:
            _, unknown = await migrations.differences(connection, service.migrations)
    except _WRONG_URL as refused:
        raise CannotStart(_refusing_database(service, refused)) from None
    except _UNREADABLE_URL as unreadable:
        raise CannotStart(_unreadable_url(service, unreadable)) from None
    except Exception as error:
        if not is_transient(error):
            raise
        return
    if unknown:
        raise CannotStart(newer_database(unknown))


async def demand_right_clock(settings: ServiceSettings, *, clock: Clock = utc_now) -> None:
    """Before a migration alone: a service that ran with its clock may go on with it."""
    async with single_connection(settings.database_url, application="clock") as connection:
        found = await clock_findings(connection, at_most_seconds=START_CLOCK_SECONDS, clock=clock)
    if found:
        raise CannotStart(found[0])


def demand_room(least_mebibytes: int) -> None:
    """Before topics are made or a database is changed: both would end half-way on a full disk."""
    found = room_findings(least_mebibytes)
    if found:
        raise CannotStart(found[0])


def listening_socket(service: Service, settings: ServiceSettings) -> socket.socket:
    """Bound before anything else starts, so that a taken port stops nothing half-way."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        name = _name(service, "PORT")
        raise CannotStart(
            Finding(
                check="port",
                wrong=f"Cannot listen on {settings.host}:{settings.port}: {reason}.",
                remedy=f"Stop what listens there, or set {name} to another port.",
            )
        ) from None


def newer_database(names: Iterable[str]) -> Finding:
    return Finding(
        check="database_newer",
        wrong=f"The database is newer than this release: it has {', '.join(sorted(names))}.",
        remedy="Start the release that was here before, or restore the backup made before it.",
    )


def _refusing_database(service: Service, refused: Exception) -> Finding:
    # The error's own words could quote the address, which holds the password.
    return Finding(
        check="database_url",
        wrong=f"The database refuses the setting {_name(service, 'DATABASE_URL')}:"
        f" {type(refused).__name__}.",
        remedy="Check its user, password and database; with compose: make secrets, then start"
        " databases.",
    )


def _no_url(service: Service) -> Finding:
    return Finding(
        check="database_url",
        wrong=f"The setting {_name(service, 'DATABASE_URL')} is empty.",
        remedy="Write postgresql://user:password@host/name into it, or its file; with compose: put"
        " it back from your copy.",
    )


def _unreadable_url(service: Service, error: Exception) -> Finding:
    return Finding(
        check="database_url",
        wrong=f"The setting {_name(service, 'DATABASE_URL')} cannot be used:"
        f" {type(error).__name__}.",
        remedy="Check what stands behind its question mark; PostgreSQL knows, for example,"
        " sslmode=require.",
    )


def silent_database(service: Service, error: Exception) -> Finding:
    return Finding(
        check="database",
        wrong=f"The database does not answer: {type(error).__name__}.",
        remedy=f"Is it up, and is the setting {_name(service, 'DATABASE_URL')} right?",
    )


def unusable_key(error: UnusableKey) -> Finding:
    return Finding(
        check="keys",
        wrong=f"A key is missing: {error}.",
        remedy="Add it to that mapping of purposes to lists of keys; with compose: make secrets",
    )


def _name(service: Service, setting: str) -> str:
    return f"{service.settings.model_config.get('env_prefix', '')}{setting}"
