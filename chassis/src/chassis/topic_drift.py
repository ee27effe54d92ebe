"""Topics as they are against topics as declared; only what is declared is compared."""

from collections.abc import AsyncIterator, Iterable, Mapping
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


async def drifts(bootstrap_servers: str, topics: Iterable[Topic]) -> tuple[Drift, ...]:
    """Every difference; a topic that is missing has none."""
    wanted = {topic.name: topic for topic in topics}
    async with Admin(bootstrap_servers) as admin:
        there = sorted(wanted.keys() & set(await admin.list_topics()))
        if not there:
            return ()
        partitions = [each async for each in _partitions(admin, there, wanted)]
        settings = [each async for each in _settings(admin, there, wanted)]
    return (*partitions, *settings)


async def _partitions(
    admin: AIOKafkaAdminClient, names: list[str], wanted: Mapping[str, Topic]
) -> AsyncIterator[Drift]:
    for each in await admin.describe_topics(names):
        declared, found = wanted[each["topic"]].partitions, len(each["partitions"])
        if declared != found:
            yield Drift(
                topic=each["topic"],
                setting="partitions",
                declared=str(declared),
                found=str(found),
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
