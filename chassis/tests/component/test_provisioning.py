"""``provision`` on a real broker: what is missing is made, what differs keeps a start."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from aiokafka.client import AIOKafkaClient

from chassis.provisioning import Topic, missing_topics, provision
from chassis.topic_drift import Drift, drifts
from embedded.kafka import Kafka
from embedded.ports import free_port
from embedded.testing import eventually

STATE = {"cleanup.policy": "compact", "segment.ms": "3600000"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file that declares a state topic, which is there, and another topic, which is not."""

    bootstrap: str
    file: Path
    state: Topic
    other: Topic

    async def make_state(self, *, partitions: int = 2, **config: str) -> None:
        found = STATE | {name.replace("_", "."): value for name, value in config.items()}
        made = self.state.model_copy(update={"partitions": partitions, "config": found})
        await provision(self.bootstrap, [made], replication=1, min_insync=1)
        # Kafka knows a topic a moment after it said that it made it.
        await eventually(self._state_is_there, timeout=60)

    async def _state_is_there(self) -> bool:
        return not await missing_topics(self.bootstrap, [self.state.name])

    def provision(self, *words: str, **variables: str) -> tuple[int, str]:
        command = (sys.executable, "-m", "chassis", "provision", str(self.file), *words)
        ended = subprocess.run(  # noqa: S603 - the command is ours
            command,
            env=os.environ | {"KAFKA_BOOTSTRAP": self.bootstrap} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr

    async def drifts(self, config: Mapping[str, str] = STATE) -> tuple[Drift, ...]:
        declared = self.state.model_copy(update={"config": dict(config)})
        return await drifts(self.bootstrap, [declared], replication=1, min_insync=1)

    async def nothing_was_made(self) -> bool:
        return await missing_topics(self.bootstrap, [self.other.name]) == {self.other.name}


@pytest.fixture
def place(kafka_server: Kafka, unique: str, tmp_path: Path) -> Place:
    state = Topic(name=f"entry.state-{unique}", purpose="state", partitions=2, config=STATE)
    other = Topic(name=f"entry.made-{unique}", purpose="fact", partitions=2, config={})
    file = tmp_path / "topics.json"
    file.write_text(json.dumps({"topics": [state.model_dump(), other.model_dump()]}))
    return Place(bootstrap=kafka_server.bootstrap, file=file, state=state, other=other)


async def test_what_is_there_as_declared_stays_and_the_rest_is_made(place: Place) -> None:
    await place.make_state()

    code, said = place.provision()

    assert (code, said) == (0, "1 topics created, 1 were there.\n")


async def test_a_topic_with_another_setting_keeps_everything_from_being_made(place: Place) -> None:
    await place.make_state(cleanup_policy="delete")

    code, said = place.provision()

    assert code == 1
    assert said == (
        f"Topic {place.state.name} has cleanup.policy delete, not compact."
        " Run: python -m chassis provision TOPICS.json --correct\n"
    )
    assert await place.nothing_was_made()


async def test_it_is_set_right_when_asked_for_and_keeps_what_nobody_declared(place: Place) -> None:
    await place.make_state(cleanup_policy="delete", retention_bytes="1000000")

    code, said = place.provision("--correct")

    assert code == 0
    assert f"Topic {place.state.name}: cleanup.policy was delete, is compact." in said
    assert "1 topics created, 1 were there." in said

    async def is_right() -> bool:
        return not await place.drifts(STATE | {"retention.bytes": "1000000"})

    await eventually(is_right, timeout=60)


async def test_too_few_partitions_are_nothing_that_it_could_set_right(place: Place) -> None:
    await place.make_state(partitions=1, cleanup_policy="delete")

    code, said = place.provision("--correct")

    assert code == 1
    assert f"Topic {place.state.name} has partitions 1, not 2. Run: kafka-topics.sh" in said
    assert {each.setting for each in await place.drifts()} == {"partitions", "cleanup.policy"}
    assert await place.nothing_was_made()


async def test_more_partitions_than_declared_keep_nobody(place: Place) -> None:
    await place.make_state(partitions=3)

    code, _ = place.provision()

    assert code == 0


async def test_a_full_disk_keeps_everything_from_being_made(place: Place) -> None:
    code, said = place.provision(DISK_START_MEBIBYTES="999999999")

    assert code == 1
    assert "MiB of the disk are free, less than DISK_START_MEBIBYTES=999999999. Make room" in said
    assert await place.nothing_was_made()


class TestCheck:
    async def test_says_what_would_be_created_and_creates_nothing(self, place: Place) -> None:
        await place.make_state()

        code, said = place.provision("--check")

        assert (code, said) == (0, "✓ 1 topics are as declared, 1 would be created.\n")
        assert await place.nothing_was_made()

    async def test_names_what_differs_and_sets_nothing_right(self, place: Place) -> None:
        await place.make_state(cleanup_policy="delete")

        code, said = place.provision("--check", "--correct")

        assert code == 1
        assert said.startswith(f"✗ Topic {place.state.name} has cleanup.policy delete, not compact")
        assert [each.found for each in await place.drifts()] == ["delete"]

    async def test_a_full_disk_is_told_beside_the_topics(self, place: Place) -> None:
        code, said = place.provision("--check", DISK_START_MEBIBYTES="999999999")

        assert code == 1
        assert "✓ 0 topics are as declared, 2 would be created." in said
        assert "less than DISK_START_MEBIBYTES=999999999. Make room" in said

    async def test_a_broker_that_is_away_is_one_sentence(self, place: Place) -> None:
        away = f"127.0.0.1:{free_port()}"

        code, said = place.provision("--check", KAFKA_BOOTSTRAP=away)

        assert code == 1
        assert said.startswith(f"✗ Kafka at {away} does not answer: ")
        assert said.count("\n") == 1


@pytest.fixture(scope="module")
def forgetful_kafka() -> Iterator[Kafka]:
    """Hears of its broker every five seconds, and names nobody in the last two of them."""
    seldom = {"broker.session.timeout.ms": 3000, "broker.heartbeat.interval.ms": 5000}
    with Kafka(settings=seldom) as kafka:
        yield kafka


async def names_a_broker(kafka: Kafka) -> bool:
    client = AIOKafkaClient(bootstrap_servers=kafka.bootstrap)
    await client.bootstrap()
    named = bool(client.cluster.brokers())
    await client.close()
    return named


async def names_nobody(kafka: Kafka) -> bool:
    return not await names_a_broker(kafka)


async def test_a_broker_that_is_not_heard_of_is_waited_for(forgetful_kafka: Kafka) -> None:
    await eventually(partial(names_a_broker, forgetful_kafka), timeout=60)
    await eventually(partial(names_nobody, forgetful_kafka), timeout=60)

    assert await missing_topics(forgetful_kafka.bootstrap, ["nowhere"]) == {"nowhere"}
