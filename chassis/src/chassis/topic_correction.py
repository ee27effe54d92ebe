"""Topics that are there and not as declared keep a start until somebody has them set right."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis.provisioning import Admin, ProvisioningFailed, Topic
from chassis.topic_drift import Drift, drifts, finding_of

SET_ON_THE_TOPIC = 1
"""Kafka's number for where a setting comes from: the topic itself, no default."""


class TopicsDiffer(Exception):
    """In a sentence for each kind of difference, with its remedy."""

    def __init__(self, found: Sequence[Drift], bootstrap_servers: str) -> None:
        super().__init__("\n".join(_sentences(found, bootstrap_servers)))


async def demand_as_declared(
    bootstrap_servers: str,
    topics: Iterable[Topic],
    *,
    replication: int,
    min_insync: int,
    corrects: bool = False,
) -> tuple[Drift, ...]:
    """Raise `TopicsDiffer` where a topic lacks what is declared; the settings it set right.

    Only settings can be set right. Those of a topic with too few copies come after these: one that
    demands more copies than it has takes no record.
    """
    found = await drifts(bootstrap_servers, topics, replication=replication, min_insync=min_insync)
    lacking = [each for each in found if not each.is_surplus]
    short = {each.topic for each in lacking if each.setting == "replication"}
    told = [each for each in lacking if each.is_count or each.topic not in short]
    if refused := [each for each in told if each.is_count or not corrects]:
        raise TopicsDiffer(refused, bootstrap_servers)
    settable = tuple(told)
    await _set(bootstrap_servers, settable)
    return settable


async def _set(bootstrap_servers: str, wrong: Iterable[Drift]) -> None:
    """What else somebody set on a topic stays: Kafka's request replaces them all."""
    by_topic = {
        name: {each.setting: each.declared for each in group}
        for name, group in groupby(wrong, key=lambda each: each.topic)
    }
    if not by_topic:
        return
    async with Admin(bootstrap_servers) as admin:
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in by_topic]
        told = [each for answer in await admin.describe_configs(asked) for each in answer.resources]
        answers = await admin.alter_configs(
            [_resource(name, entries, by_topic[name]) for _, _, _, name, entries in told]
        )
    for answer in answers:
        for code, message, _type, name in answer.resources:
            if code:
                raise ProvisioningFailed(f"topic {name}: {message or f'Kafka error {code}'}")


def _resource(name: str, entries: Iterable[Any], right: Mapping[str, str]) -> ConfigResource:
    own = {entry[0]: entry[1] for entry in entries if entry[3] == SET_ON_THE_TOPIC}
    return ConfigResource(ConfigResourceType.TOPIC, name, configs=own | dict(right))


def _sentences(found: Iterable[Drift], bootstrap_servers: str) -> Iterable[str]:
    def alike(drift: Drift) -> tuple[str, str, str]:
        return drift.setting, drift.found, drift.declared

    for _, group in groupby(sorted(found, key=alike), key=alike):
        first, *others = group
        sentence = str(finding_of(first, bootstrap_servers))
        yield f"{sentence} ({len(others)} more topics are the same.)" if others else sentence
