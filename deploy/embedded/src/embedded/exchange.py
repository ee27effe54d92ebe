"""The whole exchange on the embedded stack: four services as processes behind one origin.

A service is started with the command production uses and knows only its environment.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Self

import httpx

from embedded.exchange_settings import SERVICES, Keys, Surroundings, environment_of
from embedded.gateway import gateway
from embedded.http_server import HttpServer
from embedded.ports import free_port
from embedded.processes import Command, Process
from embedded.stack import Stack
from embedded.waiting import wait_until

TOPICS = Path(str(files("schemas"))) / "topics.json"
READY_LIMIT_SECONDS = 90
COMMAND_LIMIT_SECONDS = 180
STOP_LIMIT_SECONDS = 20


class CommandRefused(RuntimeError):
    """A service's command ended with an error; the message is its own."""


class Exchange:
    """The services on the servers of a stack; inside the `with` all of them are ready.

    `kill(name)` is a kill -9, `start(name)` brings the service back on the same port, and
    `wait_ready(name)` waits until it serves.
    """

    def __init__(
        self, stack: Stack, *, port: int | None = None, services: Sequence[str] = SERVICES
    ) -> None:
        self.stack = stack
        self._names = tuple(services)
        self._ports = {name: free_port() for name in self._names}
        self._gateway = self._make_gateway(port or free_port())
        self._folder = Path(tempfile.mkdtemp(prefix="exchange-"))
        self._keys = Keys.generate()
        self._environments: dict[str, dict[str, str]] = {}
        self.services: dict[str, Process] = {}
        self.origin = ""

    def __enter__(self) -> Self:
        with ExitStack() as started:
            started.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self.origin = self._gateway.start().url
            started.callback(self._gateway.stop)
            self._prepare()
            started.callback(self._stop_services)
            self._for_each(self.start)
            self._for_each(self.wait_ready)
            self._running = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def run(
        self, service: str, *arguments: str | Path, shows_progress: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of a service's command line; raise `CommandRefused` if it fails.

        With `shows_progress` what it writes to standard error goes to this process's.
        """
        return _run(
            [service, *arguments],
            environment=self._environments[service],
            shows_progress=shows_progress,
        )

    def kill(self, name: str) -> None:
        self.services[name].kill()

    def start(self, name: str) -> None:
        self.services[name].start()

    def wait_ready(self, name: str) -> None:
        wait_until(
            lambda: self._is_ready(name),
            limit_seconds=READY_LIMIT_SECONDS,
            waiting_for=name,
        )

    def database_url(self, name: str) -> str:
        return self.stack.postgres.url(name)

    def url(self, name: str) -> str:
        """Where a service itself listens, past the gateway: for its health and metrics."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def _make_gateway(self, port: int) -> HttpServer:
        behind = {name: self.url(name) for name in self._names if name != "listings"}
        return HttpServer(gateway(behind, fallback=self.url("listings")), port=port)

    def _prepare(self) -> None:
        for name in self._names:
            self.stack.postgres.create_database(name)
            self._environments[name] = environment_of(name, self._keys, self._surroundings(name))
            self.services[name] = Process(self._command(name))
        with ThreadPoolExecutor(1) as aside:
            topics = aside.submit(self._provision)
            self._for_each(lambda name: self.run(name, "migrate"))
            topics.result()

    def _provision(self) -> None:
        bootstrap = ("--bootstrap", self.stack.kafka.bootstrap)
        _run(["chassis", "provision", TOPICS, *bootstrap], environment=dict(os.environ))

    def _surroundings(self, name: str) -> Surroundings:
        return Surroundings(
            database_url=self.database_url(name),
            port=self._ports[name],
            origin=self.origin,
            kafka_bootstrap=self.stack.kafka.bootstrap,
            smtp_port=self.stack.mail.smtp_port,
            mail_url=self.stack.mail.url,
        )

    def _command(self, name: str) -> Command:
        return Command(
            name=name,
            arguments=[sys.executable, "-m", name, "serve"],
            log=self._folder / f"{name}.log",
            environment=self._environments[name],
        )

    def _is_ready(self, name: str) -> bool:
        self.services[name].demand_running()
        try:
            answer = httpx.get(f"{self.url(name)}/health/ready", trust_env=False)
        except httpx.TransportError:
            return False
        return answer.is_success

    def _for_each(self, step: Callable[[str], object]) -> None:
        with ThreadPoolExecutor(len(self._names)) as threads:
            list(threads.map(step, self._names))

    def _stop_services(self) -> None:
        with ThreadPoolExecutor(len(self._names)) as threads:
            stop = partial(Process.stop, limit_seconds=STOP_LIMIT_SECONDS)
            list(threads.map(stop, self.services.values()))


def _run(
    command: Sequence[str | Path], *, environment: Mapping[str, str], shows_progress: bool = False
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(  # noqa: S603 - the commands are ours
        [sys.executable, "-m", *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if shows_progress else subprocess.PIPE,
        text=True,
        timeout=COMMAND_LIMIT_SECONDS,
        check=False,
    )
    if done.returncode:
        words = " ".join(map(str, command))
        said = f"{done.stdout}{done.stderr or ''}"
        raise CommandRefused(f"{words} ended with {done.returncode}:\n{said}")
    return done
