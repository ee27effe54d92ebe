"""`spread.sh` asks Kafka's own tools for copies of every partition, and refuses what cannot be."""

import json
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "kafka" / "spread.sh"
DESCRIBED = """Topic: b.created\tTopicId: x\tPartitionCount: 3\tReplicationFactor: 1\tConfigs: a=b
\tTopic: b.created\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1
\tTopic: b.created\tPartition: 1\tLeader: 1\tReplicas: 1\tIsr: 1
Topic: __consumer_offsets\tTopicId: y\tPartitionCount: 1\tReplicationFactor: 1\tConfigs:
\tTopic: __consumer_offsets\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1
"""
# The second time it is asked, everything is done.
REASSIGN = """#!/bin/sh
for word; do last=$word; done
[ "$last" = --execute ] && cp "$4" {folder}/plan && exit
[ -e {folder}/broken ] && cat {folder}/broken && exit 1
[ -e {folder}/elsewhere ] && cat {folder}/elsewhere && exit
[ -e {folder}/asked ] || echo "Reassignment of partition b.created-0 is still in progress."
touch {folder}/asked
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    (tmp_path / "described").write_text(DESCRIBED)
    scripts = {
        "kafka-topics.sh": f"#!/bin/sh\necho $2 >{tmp_path}/reached; cat {tmp_path}/described\n",
        "kafka-reassign-partitions.sh": REASSIGN.format(folder=tmp_path),
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def spread(tools: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the script under test
        ["/bin/sh", SCRIPT, *words],
        env={"PATH": "/usr/bin:/bin", "KAFKA_TOOLS": str(tools)} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_partition_gets_its_copies_and_no_broker_all_of_the_first(tools: Path) -> None:
    done = spread(tools, "2", "1", "2", "3")

    assert done.stdout == "Every topic has 2 copies on the brokers 1 2 3.\n"
    assert json.loads((tools / "plan").read_text()) == {
        "version": 1,
        "partitions": [
            {"topic": "b.created", "partition": 0, "replicas": [1, 2]},
            {"topic": "b.created", "partition": 1, "replicas": [2, 3]},
            {"topic": "__consumer_offsets", "partition": 0, "replicas": [1, 2]},
        ],
    }


def test_every_broker_that_it_is_told_of_may_answer(tools: Path) -> None:
    spread(tools, "1", "1", BOOTSTRAP="kafka:9092,kafka-2:9092")

    assert (tools / "reached").read_text() == "kafka:9092,kafka-2:9092\n"


def test_more_copies_than_brokers_are_refused(tools: Path) -> None:
    refused = spread(tools, "3", "1", "2")

    assert refused.returncode == 2
    assert refused.stderr == "3 copies want as many brokers; there are 2 numbers: 1 2\n"
    assert not (tools / "plan").exists()


def test_what_the_tool_complains_of_is_told(tools: Path) -> None:
    (tools / "broken").write_text("Error: no broker answers")

    failed = spread(tools, "2", "1", "2")

    assert (failed.returncode, failed.stdout) == (1, "")
    assert "no broker answers" in failed.stderr


def test_topics_that_cannot_be_asked_for_are_not_passed_over(tools: Path) -> None:
    (tools / "kafka-topics.sh").write_text("#!/bin/sh\necho Timed out waiting for a node; exit 1\n")

    failed = spread(tools, "2", "1", "2")

    assert (failed.returncode, failed.stdout) == (1, "")
    assert "Timed out" in failed.stderr
    assert not (tools / "plan").exists()


def test_partitions_that_were_moved_meanwhile_are_named(tools: Path) -> None:
    (tools / "elsewhere").write_text(
        "There is no active reassignment of partition b.created-1, "
        "but replica set is 3 rather than 2,3."
    )

    failed = spread(tools, "2", "1", "2", "3")

    assert (failed.returncode, failed.stdout) == (1, "")
    assert "b.created-1" in failed.stderr
    assert "repeat this command" in failed.stderr
