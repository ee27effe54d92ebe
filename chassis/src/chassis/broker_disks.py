"""How much is free where the brokers keep their topics, as each says of its own folders."""

from collections.abc import Mapping

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)
from prometheus_client import CollectorRegistry, Gauge

from chassis.finding import Finding
from chassis.service import Runtime
from chassis.workers import Worker

ASK_SECONDS = 60.0
PATIENCE_SECONDS = 5
"""Less than a shutdown waits for, so that a broker that hangs does not hold it up."""


class _Answer(Response):  # type: ignore[misc] # aiokafka tells no types
    """Version 4 of the protocol is the first that tells the room on the disk."""

    API_KEY = 35
    API_VERSION = 4
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        (
            "results",
            CompactArray(
                ("error_code", Int16),
                ("log_dir", CompactString("utf-8")),
                (
                    "topics",
                    CompactArray(
                        ("name", CompactString("utf-8")),
                        (
                            "partitions",
                            CompactArray(
                                ("partition_index", Int32),
                                ("partition_size", Int64),
                                ("offset_lag", Int64),
                                ("is_future_key", Boolean),
                                ("tags", TaggedFields),
                            ),
                        ),
                        ("tags", TaggedFields),
                    ),
                ),
                ("total_bytes", Int64),
                ("usable_bytes", Int64),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _Question(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 35
    API_VERSION = 4
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("topic", CompactString("utf-8")),
                ("partitions", CompactArray(Int32)),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _RoomOf(Request[_Question]):  # type: ignore[misc]
    API_KEY = 35

    def build(self, request_struct_class: type[_Question]) -> _Question:
        # No topic: only the folders are asked about.
        return request_struct_class([], {})


async def free_ratios(bootstrap: str) -> dict[str, float]:
    """By the words for each broker's folder; one that does not tell its room is left out."""
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=1000 * PATIENCE_SECONDS)
    try:
        await client.bootstrap()
        found: dict[str, float] = {}
        for broker in client.cluster.brokers():
            found |= await _ratios_of(client, broker.nodeId)
        return found
    finally:
        await client.close()


async def _ratios_of(client: AIOKafkaClient, number: int) -> dict[str, float]:
    try:
        answer = await client.send(number, _RoomOf())
    except (KafkaError, NotImplementedError):
        return {}
    return {
        f"{folder} of broker {number}": usable / total
        for _, folder, _, total, usable, _ in answer.results
        if total > 0
    }


def disk_findings(least_percent: int, free: Mapping[str, float]) -> list[Finding]:
    return [
        Finding(
            check="broker_disk",
            wrong=f"Only {ratio:.0%} of the disk of {folder} is free.",
            remedy="Make room there, or give it a larger disk: a full one stops the broker.",
        )
        for folder, ratio in free.items()
        if ratio * 100 < least_percent
    ]


class BrokerDisks:
    """Keeps the figures beside those of the service's own disks."""

    def __init__(self, registry: CollectorRegistry, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._free = Gauge(
            "broker_disk_free_ratio",
            "Free part of the disk of a broker's folder",
            ["folder"],
            registry=registry,
        )

    async def turn(self) -> bool:
        ratios = await free_ratios(self._bootstrap)
        self._free.clear()
        for folder, ratio in ratios.items():
            self._free.labels(folder).set(ratio)
        return False


def watching_brokers(runtime: Runtime) -> Worker:
    """For the ``workers`` of one service of an installation."""
    disks = BrokerDisks(runtime.registry, runtime.settings.kafka_bootstrap)
    return Worker("broker_disks", disks.turn, idle_seconds=ASK_SECONDS)
