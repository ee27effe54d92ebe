"""The exchange as `compose.yaml` starts it, under a name and on ports of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from mailpit import Mailpit

from embedded.ports import free_port
from embedded.waiting import wait_until

ROOT = Path(__file__).parents[2]
SERVICES = ("listings", "matching", "notifications", "surveys")
PORTS = (
    *("GATEWAY_PORT", "GATEWAY_TLS_PORT", "KAFKA_PORT", "MAIL_PORT"),
    *("LOCAL_KAFKA_PORT", "POSTGRES_PORT"),
)
FILES = ("deploy/compose.yaml", "tests/integration/compose.test.yaml")
UP_LIMIT_SECONDS = 600


class CommandFailed(AssertionError):
    """With the command and what it said."""


@dataclass(frozen=True, kw_only=True)
class ComposedExchange:
    """Playable like the embedded one; what its containers keep is in volumes of its own."""

    name: str
    ports: Mapping[str, int]
    folder: Path
    files: tuple[str, ...]

    @classmethod
    @contextmanager
    def running(
        cls, folder: Path, *, files: tuple[str, ...] = FILES, more_ports: Sequence[str] = ()
    ) -> Iterator[Self]:
        """Installed as the handbook says, with secrets of its own in the folder."""
        ports = {name: free_port() for name in (*PORTS, *more_ports)}
        name = f"exchange-test-{ports['GATEWAY_PORT']}"
        exchange = cls(name=name, ports=ports, folder=folder, files=files)
        exchange.make_secrets()
        try:
            exchange.compose("build")
            exchange.up()
            yield exchange
        finally:
            exchange.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.ports['GATEWAY_PORT']}"

    @property
    def kafka_bootstrap(self) -> str:
        return f"localhost:{self.ports['LOCAL_KAFKA_PORT']}"

    @property
    def mail_url(self) -> str:
        return f"http://localhost:{self.ports['MAIL_PORT']}"

    @cached_property
    def mailbox(self) -> Mailpit:
        return Mailpit(self.mail_url)

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    def database_url(self, name: str, *, database: str | None = None) -> str:
        """As the service itself signs in, from this machine."""
        url = (self.secrets / f"{name}_database_url").read_text(encoding="utf-8")
        own, _, _ = url.rpartition("@")
        return f"{own}@localhost:{self.ports['POSTGRES_PORT']}/{database or name}"

    def make_secrets(self, *arguments: str) -> str:
        script = (sys.executable, "deploy/keys/make_secrets.py", "--folder", str(self.secrets))
        return run([*script, "--settings", str(self._settings), *arguments])

    def up(self) -> None:
        self.compose("up", "--detach", "--wait", "--wait-timeout", str(UP_LIMIT_SECONDS))

    def kill(self, container: str) -> None:
        self.compose("kill", "--signal", "KILL", container)

    def start(self, *containers: str) -> None:
        """And wait until they are healthy."""
        self.compose("up", "--detach", "--no-deps", "--no-recreate", "--wait", *containers)

    def restart_replica(self, number: int) -> None:
        """The one of this number of each service, as a rolling upgrade does."""
        names = [f"{self.name}-{service}-{number}" for service in SERVICES]
        run(["docker", "restart", "-t", "30", *names])
        self._wait_healthy(names)

    def run(self, service: str, *arguments: str | Path, shows_progress: bool = False) -> str:
        """Run a command of a service's command line in its container; files are copied there."""
        words = [self._copied_in(service, each) for each in arguments]
        command = ("exec", "--no-TTY", service, "python", "-m", service, *words)
        return self.compose(*command, shows_progress=shows_progress)

    def select(self, service: str, query: str) -> str:
        """What a query in the service's database prints, columns parted by `|`."""
        psql = ("psql", "--username=postgres", "--tuples-only", "--no-align", "--command", query)
        return self.compose("exec", "--no-TTY", "postgres", *psql, service).strip()

    def restarts(self) -> dict[str, str]:
        """How often each container had to be started again, by its name."""
        ids = self.compose("ps", "--all", "--quiet").split()
        told = run(["docker", "inspect", "--format", "{{.Name}} {{.RestartCount}}", *ids])
        return dict(line.split() for line in told.splitlines())

    def compose(self, *arguments: str, given: str = "", shows_progress: bool = False) -> str:
        return run(
            [*self.command, *arguments],
            environment=self.environment,
            given=given,
            shows_progress=shows_progress,
        )

    @property
    def command(self) -> list[str]:
        """What stands before every word to compose."""
        files = [word for file in self.files for word in ("--file", str(ROOT / file))]
        settings = ("--env-file", str(self._settings))
        return ["docker", "compose", *settings, "--profile", "mail", *files, "-p", self.name]

    def _wait_healthy(self, names: Sequence[str]) -> None:
        asked = ("docker", "inspect", "--format", "{{.State.Health.Status}}", *names)
        wait_until(
            lambda: set(run(asked).split()) == {"healthy"},
            limit_seconds=UP_LIMIT_SECONDS,
            waiting_for=", ".join(names),
        )

    @property
    def _settings(self) -> Path:
        return self.folder / "env"

    def _copied_in(self, service: str, argument: str | Path) -> str:
        if isinstance(argument, str):
            return argument
        there = f"/tmp/{argument.name}"  # noqa: S108 - in the container
        self.compose("exec", "--no-TTY", service, "tee", there, given=argument.read_text())
        return there

    @property
    def environment(self) -> dict[str, str]:
        own = {name: str(port) for name, port in self.ports.items()}
        return dict(os.environ) | own | {"PUBLIC_URL": self.origin, "ALLOW_TIME_TRAVEL": "true"}


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    given: str = "",
    shows_progress: bool = False,
) -> str:
    """What a command prints; one that fails says what it said."""
    done = subprocess.run(  # noqa: S603 - the commands are ours
        command,
        cwd=ROOT,
        env=environment,
        input=given,
        stdout=subprocess.PIPE,
        stderr=None if shows_progress else subprocess.PIPE,
        text=True,
        check=False,
    )
    said = f"{done.stdout}{done.stderr or ''}"
    if done.returncode:
        raise CommandFailed(f"{' '.join(command)}:\n{said}")
    return done.stdout
