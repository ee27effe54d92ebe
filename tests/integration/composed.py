"""The exchange as `compose.yaml` starts it, under a name and on ports of its own."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import httpx

from embedded.mailbox import CaughtMail

ROOT = Path(__file__).parents[2]
SERVICES = ("listings", "matching", "notifications", "surveys")
UP_LIMIT_SECONDS = 600
MORE_THAN_ALL = 10_000


@dataclass(frozen=True, slots=True)
class Mailpit:
    """The mails in the catcher of the profile `mail`, each fetched once."""

    url: str
    _fetched: dict[str, CaughtMail] = field(default_factory=dict)

    @property
    def mails(self) -> tuple[CaughtMail, ...]:
        with httpx.Client(base_url=self.url, trust_env=False) as catcher:
            listed = catcher.get("/api/v1/messages", params={"limit": MORE_THAN_ALL}).json()
            for mail in reversed(listed["messages"]):
                if mail["ID"] not in self._fetched:
                    self._fetched[mail["ID"]] = self._fetch(catcher, mail["ID"])
        return tuple(self._fetched.values())

    def mails_to(self, address: str) -> tuple[CaughtMail, ...]:
        return tuple(mail for mail in self.mails if address in mail.recipients)

    def _fetch(self, catcher: httpx.Client, mail_id: str) -> CaughtMail:
        told = catcher.get(f"/api/v1/message/{mail_id}").json()
        return CaughtMail(
            id=len(self._fetched) + 1,
            sender=told["From"]["Address"],
            recipients=tuple(each["Address"] for each in told["To"]),
            received_at=datetime.fromisoformat(told["Date"]),
            raw=catcher.get(f"/api/v1/message/{mail_id}/raw").content,
        )


@dataclass(frozen=True, kw_only=True)
class ComposedExchange:
    """Playable like the embedded one; what its containers keep is in volumes of its own."""

    name: str
    ports: Mapping[str, int]

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.ports['GATEWAY_PORT']}"

    @property
    def kafka_bootstrap(self) -> str:
        return f"localhost:{self.ports['KAFKA_PORT']}"

    @property
    def mail_url(self) -> str:
        return f"http://localhost:{self.ports['MAIL_PORT']}"

    @cached_property
    def mailbox(self) -> Mailpit:
        return Mailpit(self.mail_url)

    def up(self) -> None:
        self.compose("up", "--detach", "--wait", "--wait-timeout", str(UP_LIMIT_SECONDS))

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
        told = _run(["docker", "inspect", "--format", "{{.Name}} {{.RestartCount}}", *ids])
        return dict(line.split() for line in told.splitlines())

    def compose(self, *arguments: str, shows_progress: bool = False) -> str:
        command = ["docker", "compose", "--file", "deploy/compose.yaml", "--profile", "mail"]
        command += ["--project-name", self.name, *arguments]
        return _run(command, environment=self._environment(), shows_progress=shows_progress)

    def _copied_in(self, service: str, argument: str | Path) -> str:
        if isinstance(argument, str):
            return argument
        there = f"/tmp/{argument.name}"  # noqa: S108 - in the container
        self.compose("cp", str(argument), f"{service}:{there}")
        return there

    def _environment(self) -> dict[str, str]:
        own = {name: str(port) for name, port in self.ports.items()}
        return dict(os.environ) | own | {"PUBLIC_URL": self.origin, "ALLOW_TIME_TRAVEL": "true"}


def _run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    shows_progress: bool = False,
) -> str:
    done = subprocess.run(  # noqa: S603 - the commands are ours
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=None if shows_progress else subprocess.PIPE,
        text=True,
        check=False,
    )
    said = f"{done.stdout}{done.stderr or ''}"
    assert done.returncode == 0, f"{' '.join(command)}:\n{said}"
    return done.stdout
