"""Topics as they are against topics as declared; only what is declared is compared."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis.provisioning import Admin, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One setting of a topic that is not as declared."""

    topic: str
    setting: str
    declared: str
    found: str


async def drifts(
    bootstrap_servers: str, topics: Iterable[Topic], *, replication: int, min_insync: int
) -> tuple[Drift, ...]:
    """Every difference; a topic that is missing has none."""
    copies = {"min.insync.replicas": str(min_insync)}
    topics = [topic.model_copy(update={"config": topic.config | copies}) for topic in topics]
    wanted = {topic.name: topic for topic in topics}
    async with Admin(bootstrap_servers) as admin:
        there = sorted(wanted.keys() & set(await admin.list_topics()))
        if not there:
            return ()
        described = await admin.describe_topics(there)
        settings = [each async for each in _settings(admin, there, wanted)]
    partitions = [
        drift
        for each in described
        for drift in _counts(each, wanted[each["topic"]].partitions, replication)
    ]
    return (*partitions, *settings)


def _counts(described: Mapping[str, Any], partitions: int, replication: int) -> Iterator[Drift]:
    found = described["partitions"]
    for setting, declared, counted in (
        ("partitions", partitions, len(found)),
        ("replication", replication, min(len(each["replicas"]) for each in found)),
    ):
        if counted != declared:
            yield Drift(
                topic=described["topic"],
                setting=setting,
                declared=str(declared),
                found=str(counted),
            )


async def _settings(
    admin: AIOKafkaAdminClient, names: list[str], wanted: Mapping[str, Topic]
) -> AsyncIterator[Drift]:
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    for response in await admin.describe_configs(asked):
        for _code, _message, _type, name, entries in response.resources:
            for drift in _differences(wanted[name], entries):
                yield drift


def _differences(topic: Topic, entries: Iterable[Any]) -> Iterable[Drift]:
    found = {entry[0]: entry[1] for entry in entries}
    for setting, declared in topic.config.items():
        if found.get(setting) != declared:
            yield Drift(
                topic=topic.name,
                setting=setting,
                declared=declared,
                found=str(found.get(setting)),
            )
