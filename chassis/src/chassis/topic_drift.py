"""Topics as they are against topics as declared; only what is declared is compared."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis.finding import Finding
from chassis.provisioning import Admin, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One setting of a topic that is not as declared."""

    topic: str
    setting: str
    declared: str
    found: str

    @property
    def is_count(self) -> bool:
        """Of partitions or copies, which are no setting that could be set."""
        return self.setting in {"partitions", "replication"}

    @property
    def is_surplus(self) -> bool:
        """More of them than declared does no harm."""
        return self.is_count and int(self.found) > int(self.declared)


def finding_of(drift: Drift, bootstrap_servers: str) -> Finding:
    return Finding(
        check="topic_setting",
        wrong=f"Topic {drift.topic} has {drift.setting} {drift.found}, not {drift.declared}.",
        remedy=_cure(drift, f"--bootstrap-server {bootstrap_servers}"),
    )


def _cure(drift: Drift, at: str) -> str:
    match drift.setting:
        case "partitions" if drift.is_surplus:
            return "It works; the declaration may say as many, and no topic can have fewer again."
        case "partitions":
            change = f"--topic {drift.topic} --partitions {drift.declared}"
            return f"Run: kafka-topics.sh {at} --alter {change}"
        case "replication":
            return f"Spread it over the brokers: kafka-reassign-partitions.sh {at} --help"
        case _:
            return "Run: python -m chassis provision TOPICS.json --correct"


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
