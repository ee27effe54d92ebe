"""The whole exchange on the embedded stack: four services as processes behind one origin.

A service is started with the command production uses and knows only its environment.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from importlib.resources import files
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Self

import httpx

from embedded.exchange_settings import SERVICES, Keys, Surroundings, environment_of
from embedded.gateway import gateway
from embedded.http_server import HttpServer
from embedded.mailbox import Mailbox
from embedded.plain_http import NO_CERTIFICATES
from embedded.ports import free_port, port_or_free
from embedded.processes import Command, Process
from embedded.programs import Programs
from embedded.stack import Stack
from embedded.together import together
from embedded.waiting import wait_until

TOPICS = Path(str(files("schemas"))) / "topics.json"
READY_LIMIT_SECONDS = 180
STOP_LIMIT_SECONDS = 20


class Exchange:
    """The services on the servers of a stack; inside the `with` all of them are ready.

    `kill(name)` is a kill -9, `start(name)` brings the service back on the same port, and
    `wait_ready(name)` waits until it serves. `variables` are added to each service's environment.
    """

    def __init__(
        self,
        stack: Stack,
        *,
        port: int | None = None,
        services: Sequence[str] = SERVICES,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.stack = stack
        self._variables = variables
        self._names = tuple(services)
        self._ports = {name: free_port() for name in self._names}
        self._gateway = self._make_gateway(port_or_free(port))
        self._folder = Path(tempfile.mkdtemp(prefix="exchange-"))
        self._keys = Keys.generate()
        self._programs = Programs()
        self._given_up = Event()
        self._environments: dict[str, dict[str, str]] = {}
        self.services: dict[str, Process] = {}
        self.origin = ""

    def __enter__(self) -> Self:
        with ExitStack() as started:
            started.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self.origin = self._gateway.start().url
            started.callback(self._gateway.stop)
            self._prepare()
            started.callback(self.stop_services)
            self.start_services()
            self._running = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def kafka_bootstrap(self) -> str:
        return self.stack.kafka.bootstrap

    @property
    def mailbox(self) -> Mailbox:
        return self.stack.mail.mailbox

    @property
    def mail_url(self) -> str:
        return self.stack.mail.url

    def run(self, service: str, *arguments: str | Path, shows_progress: bool = False) -> str:
        """Run a command of a service's command line; raise `CommandRefused` if it fails."""
        return self._programs.run_module(
            [service, *arguments],
            environment=self._environments[service],
            shows_progress=shows_progress,
        )

    def process(self, service: str, *arguments: str) -> Process:
        """A command of a service's command line as a process that can be killed."""
        return Process(
            Command(
                name=service,
                arguments=[sys.executable, "-m", service, *arguments],
                log=self._folder / f"{service}.log",
                environment=self._environments[service],
            )
        )

    def select(self, service: str, query: str) -> str:
        """What a query in the service's database prints, columns parted by `|`."""
        return self.stack.postgres.execute(query, database=service)

    def renew(self, name: str, variables: Mapping[str, str] = MappingProxyType({})) -> None:
        """Give a service other variables; what runs of it goes on, but `services` forgets it."""
        own = environment_of(name, self._keys, self._surroundings(name))
        self._environments[name] = own | dict(variables)
        self.services[name] = self.process(name, "serve")

    def kill(self, name: str) -> None:
        self.services[name].kill()

    def start(self, name: str) -> None:
        self.services[name].start()

    def wait_ready(self, name: str) -> None:
        wait_until(
            lambda: self._is_ready(name),
            limit_seconds=READY_LIMIT_SECONDS,
            waiting_for=name,
            given_up=self._given_up,
        )

    def start_services(self) -> None:
        """Start all services, and wait until each of them is ready."""
        together(self._of_each(self._start_and_wait), cut_short=self._given_up.set)

    def stop_services(self) -> dict[str, int | None]:
        """Ask all services to end, as an orchestrator does; answer their exit codes."""
        stop = partial(Process.stop, limit_seconds=STOP_LIMIT_SECONDS)
        together(partial(stop, service) for service in self.services.values())
        return {name: service.exit_code for name, service in self.services.items()}

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
            self.renew(name, self._variables)
        migrations = self._of_each(lambda name: self.run(name, "migrate"))
        together((self.provision, *migrations), cut_short=self._programs.kill)

    def provision(self) -> None:
        """Make the topics that are missing."""
        bootstrap = ("--bootstrap", self.stack.kafka.bootstrap)
        self._programs.run_module(
            ["chassis", "provision", TOPICS, *bootstrap], environment=dict(os.environ)
        )

    def _surroundings(self, name: str) -> Surroundings:
        return Surroundings(
            database_url=self.database_url(name),
            port=self._ports[name],
            origin=self.origin,
            kafka_bootstrap=self.stack.kafka.bootstrap,
            smtp_port=self.stack.mail.smtp_port,
            mail_url=self.stack.mail.url,
        )

    def _start_and_wait(self, name: str) -> None:
        self.start(name)
        self.wait_ready(name)

    def _is_ready(self, name: str) -> bool:
        self.services[name].demand_running()
        try:
            answer = httpx.get(
                f"{self.url(name)}/health/ready", trust_env=False, verify=NO_CERTIFICATES
            )
        except httpx.TransportError:
            return False
        return answer.is_success

    def _of_each(self, step: Callable[[str], object]) -> list[Callable[[], object]]:
        return [partial(step, name) for name in self._names]
