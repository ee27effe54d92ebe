"""Commands for the time after a restore: settle what was forgotten, then catch up, then serve."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer
from aiokafka.errors import KafkaError

from chassis import offsets, provisioning
from chassis.catching_up import CannotCatchUp, catch_up
from chassis.cli.running import audit, connected, settings_of
from chassis.observability import configure_logging
from chassis.offsets import StillRead
from chassis.restoring import Restoration, settle
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.sweeps import utc_now
from chassis.topic_states import last_words

To = Annotated[datetime, typer.Option(help="What the database was restored to, UTC.")]


def restored_command(service: Service) -> Callable[[datetime], None]:
    def restored(to: To) -> None:
        """Settle what a restored database forgot; the service must not run.

        Reads every topic again from its start, says all states again above their topics, and
        holds back what might have gone out already. Then run: catch-up, then serve.
        Example: python -m SERVICE restored --to 2027-01-31T08:00:00
        """
        settings, restored_to = settings_of(service), to.replace(tzinfo=UTC)
        if restored_to > utc_now():
            _refuse(f"{restored_to:%Y-%m-%d %H:%M:%S} UTC lies in the future.")
        try:
            said = asyncio.run(_restored(service, settings, restored_to))
        except StillRead:
            _refuse(f"{service.name} runs: stop every replica, wait a minute, then run this again.")
        except (KafkaError, TimeoutError):
            _refuse(_away(settings))
        typer.echo(f"{said} states will be said again. Now run: python -m {service.name} catch-up")

    return restored


def catch_up_command(service: Service) -> Callable[[], None]:
    def command() -> None:
        """Only publish what waits and read what came, until nothing is left; then end.

        Example: python -m SERVICE catch-up
        """
        settings = settings_of(service)
        configure_logging(service=service.name, level=settings.log_level)
        try:
            asyncio.run(_catch_up(service, settings))
        except CannotCatchUp:
            _refuse(f"The consumer is stopped. See: python -m {service.name} parked list")
        except (KafkaError, TimeoutError):
            _refuse(_away(settings))
        typer.echo("Everything is published and read.")

    return command


async def _restored(service: Service, settings: ServiceSettings, restored_to: datetime) -> int:
    bootstrap = settings.kafka_bootstrap
    await _demand_topics(service, settings)
    await offsets.demand_unread(bootstrap, service.name)
    words = await last_words(bootstrap, service.owned)
    restoration = Restoration(restored_to=restored_to, restored_at=utc_now(), words=words)
    async with connected(service, "restored") as connection, connection.transaction():
        said = await settle(
            connection,
            service.outbox,
            service.owned,
            restoration,
            on_restore=service.on_restore,
        )
        await audit(connection, f"restored --to {restored_to:%Y-%m-%dT%H:%M:%S}", str(said))
        # Inside: without new offsets nothing is settled, and what is read again changes nothing.
        await offsets.read_from_the_start(bootstrap, service.name, service.consumers.topics)
    return said


async def _catch_up(service: Service, settings: ServiceSettings) -> None:
    await _demand_topics(service, settings)
    await catch_up(service, service.runtime(settings))


async def _demand_topics(service: Service, settings: ServiceSettings) -> None:
    missing = await provisioning.missing_topics(settings.kafka_bootstrap, service.topics)
    if missing:
        names = ", ".join(sorted(missing))
        _refuse(f"Topics missing: {names}. Run: python -m chassis provision TOPICS.json")


def _away(settings: ServiceSettings) -> str:
    return f"Kafka at {settings.kafka_bootstrap} does not answer: start it, then run this again."


def _refuse(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)
