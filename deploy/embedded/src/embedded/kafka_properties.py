"""The settings of the one broker: as small as a real one can be, and soon back after a kill."""

from collections.abc import Mapping
from pathlib import Path

_ONE_BROKER = {
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
}
# A killed broker may register again only after its session: by default it waits 9 s.
_BACK_SOON = {"broker.session.timeout.ms": 3000, "broker.heartbeat.interval.ms": 500}
_SMALL = {
    "offsets.topic.num.partitions": 5,
    "transaction.state.log.num.partitions": 5,
    "share.coordinator.state.topic.num.partitions": 1,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "log.cleaner.dedupe.buffer.size": 16 * 2**20,
}


def properties_of(port: int, controller_port: int, data: Path, others: Mapping[str, object]) -> str:
    """The file's text; ``others`` are settings by Kafka's own names, which win over these."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        **_ONE_BROKER,
        **_BACK_SOON,
        **_SMALL,
        **others,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
