"""A broker's own disk is looked at, wherever the service runs that asks."""

import asyncio
import shutil
import socket

import pytest
from aiokafka.errors import KafkaConnectionError
from prometheus_client import CollectorRegistry

from chassis.broker_disks import BrokerDisks, disk_findings, free_ratios
from chassis.workers import STOP_SECONDS
from embedded.kafka import Kafka


async def test_the_room_is_that_of_the_disk_on_which_the_topics_lie(kafka_server: Kafka) -> None:
    usage = shutil.disk_usage(kafka_server.folder)

    [(folder, ratio)] = (await free_ratios(kafka_server.bootstrap)).items()

    assert folder == f"{kafka_server.folder / 'data'} of broker 1"
    assert ratio == pytest.approx(usage.free / usage.total, abs=0.1)


async def test_it_is_a_figure_too(kafka_server: Kafka) -> None:
    registry = CollectorRegistry()

    await BrokerDisks(registry, kafka_server.bootstrap).turn()

    [folder] = await free_ratios(kafka_server.bootstrap)
    told = registry.get_sample_value("broker_disk_free_ratio", {"folder": folder})
    assert told
    assert 0 < told <= 1


async def test_a_broker_that_never_answers_is_given_up_before_a_shutdown_would_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked = free_ratios(f"127.0.0.1:{silent.getsockname()[1]}")

        with pytest.raises(KafkaConnectionError):
            await asyncio.wait_for(asked, STOP_SECONDS)


def test_a_disk_that_is_short_is_told_by_its_broker_and_the_others_are_not() -> None:
    [found] = disk_findings(10, {"/data of broker 1": 0.5, "/data of broker 2": 0.04})

    assert str(found).startswith("Only 4% of the disk of /data of broker 2 is free. Make room")
