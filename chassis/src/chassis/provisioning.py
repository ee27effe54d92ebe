"""Topics: created from one declarative file by provisioning, never by services."""

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NodeNotReadyError
from pydantic import BaseModel, ConfigDict, Field

log = structlog.get_logger(__name__)

TOPIC_ALREADY_EXISTS = 36
ADMIN_SECONDS = 15.0
ASK_AGAIN_SECONDS = 0.1


class ProvisioningFailed(RuntimeError):
    """Kafka refused a topic."""


class Topic(BaseModel):
    """One topic as declared; ``config`` holds Kafka's own names and values."""

    model_config = ConfigDict(frozen=True)
    name: str
    purpose: str
    partitions: int = Field(ge=1)
    config: dict[str, str]


class TopicFile(BaseModel):
    """The declarative file, JSON: ``{"topics": [{"name": …}, …]}``."""

    model_config = ConfigDict(frozen=True)
    topics: tuple[Topic, ...]

    @classmethod
    def read(cls, path: Path) -> "TopicFile":
        return cls.model_validate_json(path.read_bytes())


class Admin:
    """A client for a broker's administration; a broker that does not answer in time raises."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._client = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)

    async def __aenter__(self) -> AIOKafkaAdminClient:
        try:
            async with asyncio.timeout(ADMIN_SECONDS):
                await self._client.start()
                await self._once_a_broker_is_named()
        except BaseException:
            await self._client.close()
            raise
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def _once_a_broker_is_named(self) -> None:
        """A broker that was paused for long names nobody, itself included, until it is heard of."""
        while True:
            try:
                await self._client.describe_cluster()
            except NodeNotReadyError:
                await asyncio.sleep(ASK_AGAIN_SECONDS)
            else:
                return


async def missing_topics(
    bootstrap_servers: str, names: Iterable[str], *, patience: float = 0.0
) -> set[str]:
    """Which of these topics the broker does not have, nor learns of within ``patience`` seconds.

    A broker learns what exists from the controller, a moment after that has created it.
    """
    wanted, until = set(names), time.monotonic() + patience
    async with Admin(bootstrap_servers) as admin, asyncio.timeout(ADMIN_SECONDS + patience):
        while missing := wanted - set(await admin.list_topics()):
            if time.monotonic() >= until:
                break
            await asyncio.sleep(ASK_AGAIN_SECONDS)
    return missing


async def provision(
    bootstrap_servers: str, topics: Iterable[Topic], *, replication: int, min_insync: int
) -> tuple[str, ...]:
    """Create what is missing, until the broker knows it; safe to repeat. Returns what was created.

    Raises:
        ProvisioningFailed: with Kafka's own words and the topic's name.

    """
    wanted = tuple(topics)
    missing = await missing_topics(bootstrap_servers, {topic.name for topic in wanted})
    new = [
        NewTopic(
            topic.name,
            topic.partitions,
            replication,
            topic_configs=topic.config | {"min.insync.replicas": str(min_insync)},
        )
        for topic in wanted
        if topic.name in missing
    ]
    if new:
        async with Admin(bootstrap_servers) as admin, asyncio.timeout(ADMIN_SECONDS):
            response = await admin.create_topics(new)
        _raise_on_errors(response.topic_errors)
    created = tuple(topic.name for topic in new)
    await _demand_known(bootstrap_servers, created)
    return created


async def _demand_known(bootstrap_servers: str, created: tuple[str, ...]) -> None:
    """A service that starts right after this must not be told that its topics are missing."""
    unknown = await missing_topics(bootstrap_servers, created, patience=ADMIN_SECONDS)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise ProvisioningFailed(f"topic {names}: created, yet the broker does not know it: repeat")


def _raise_on_errors(errors: Iterable[tuple[str, int, str | None]]) -> None:
    for name, code, message in errors:
        if code not in (0, TOPIC_ALREADY_EXISTS):
            raise ProvisioningFailed(f"topic {name}: {message or f'Kafka error {code}'}")


async def partitions_of(bootstrap_servers: str, topic: str) -> tuple[int, ...]:
    """The partition numbers of an existing topic."""
    async with Admin(bootstrap_servers) as admin, asyncio.timeout(ADMIN_SECONDS):
        (description,) = await admin.describe_topics([topic])
    return tuple(sorted(each["partition"] for each in description["partitions"]))
