"""The exchange that compose runs, as backup and restore see it: containers and their volumes."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from elsewhere import elsewhere
from own_disk import absent
from point import Point
from restoring import SERVICES, NotRunning, StepFailed

COMPOSE = Path(__file__).parents[1] / "compose.yaml"
DATA, BACKUPS, SCRIPTS = "/var/lib/postgresql/data", "/backups", "/backup"
ERASED = f"{BACKUPS}/erased.csv"
ROOT, OWNER = "0", "postgres"
CANNOT_BE_ASKED = 3
"""What flush.sh ends with where the server takes nobody in."""

ELSEWHERE = "The server keeps its log elsewhere than where BACKUP_DIR is: is the disk mounted?"
ANEW = "up --detach --force-recreate postgres"


class CommandFailed(StepFailed):
    """A command in a container, or compose itself, ended with this code."""

    def __init__(self, said: str, code: int) -> None:
        super().__init__(said)
        self.code = code


class ComposedPlace:
    """`compose` is the command that reaches the containers, under `environment`."""

    def __init__(
        self,
        compose: Sequence[str] | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._compose = tuple(compose or _command(environment))
        self._environment = environment
        # As it is typed in the checkout.
        self._typed = " ".join(_command(environment, file="deploy/compose.yaml"))

    def bases(self) -> Sequence[str]:
        self._demand_right_place()
        self._aside(f"{SCRIPTS}/prepare.sh", user=ROOT)
        return self._aside("-c", f"ls {BACKUPS}/base").split()

    def take(self) -> str:
        # A server that runs has to see the disk, too.
        self._demand_right_place(then=f" Then: {self._typed} {ANEW}")
        base = self._in_server(f"{SCRIPTS}/take.sh", BACKUPS).split()[-1]
        self._demand_here(f"base/{base}")
        return base

    def flush(self) -> None:
        try:
            file = self._in_server(f"{SCRIPTS}/flush.sh", BACKUPS).split()[-1]
        except CommandFailed as failed:
            # One that starts again and again cannot be asked either; a paused one can.
            if failed.code == CANNOT_BE_ASKED or not self._any(
                "running", "paused", of=["postgres"]
            ):
                raise NotRunning(str(failed)) from failed
            raise
        self._demand_here(f"wal/{file}.gz")

    def kept_erasures(self) -> str:
        return self._aside("-c", f"[ ! -e {ERASED} ] || cat {ERASED}")

    def keep_erasures(self, erased: str) -> None:
        self._aside("-c", f"cat >{ERASED}.new && mv {ERASED}.new {ERASED}", given=erased)

    def recover(self, point: Point) -> None:
        time = [] if point.time is None else [f"{point.time:%Y-%m-%d %H:%M:%S.%f+00}"]
        self._aside(f"{SCRIPTS}/recover.sh", DATA, BACKUPS, point.base, *time)

    def swap(self) -> None:
        self._run("stop", "postgres")
        self._aside(f"{SCRIPTS}/swap.sh", DATA)
        # Halfway through a restore, no setting and no name in DNS may end it.
        self._run("up", "--detach", "--no-deps", "--wait", "postgres")
        # The passwords may be others by now.
        self._run("run", "--rm", "--no-deps", "--no-TTY", "databases")

    def services_run(self) -> bool:
        return self._any("running", "paused", "restarting", of=SERVICES)

    def stop_services(self) -> None:
        self._run("stop", *SERVICES)

    def start_services(self) -> None:
        self._run("up", "--detach", "--wait", *SERVICES)

    def run(self, service: str, *arguments: str, given: str = "") -> str:
        return self._run("run", "--rm", "--no-deps", "--no-TTY", service, *arguments, given=given)

    def _demand_right_place(self, *, then: str = "") -> None:
        config = json.loads(self._run("config", "--format", "json"))
        if wrong := elsewhere(config):
            raise StepFailed(wrong)
        if wrong := absent(config):
            raise StepFailed(f"{wrong}{then}")

    def _demand_here(self, kept: str) -> None:
        """Fail where a restore would not find what the server keeps.

        The server has the folder of its start, also if a disk was mounted over it since.
        """
        path = f"{BACKUPS}/{kept}"
        if not self._aside("-c", f"[ ! -e {path} ] || echo {path}"):
            raise StepFailed(f"{ELSEWHERE} Then: {self._typed} {ANEW}")

    def _any(self, *states: str, of: Sequence[str]) -> bool:
        """Whether a container of these services is in one of these states."""
        # Some plugins have no --status and list what was stopped, too; all of them have this, as
        # one array or, later, as a line for each.
        listed = self._run("ps", "--format", "json")
        lines = [json.loads(line) for line in listed.splitlines() if line.strip()]
        containers = [
            each for line in lines for each in (line if isinstance(line, list) else [line])
        ]
        return any(each["Service"] in of and each["State"] in states for each in containers)

    def _in_server(self, *words: str) -> str:
        return self._run("exec", "--no-TTY", "--user", OWNER, "postgres", "sh", *words)

    def _aside(self, *words: str, user: str = OWNER, given: str = "") -> str:
        """In a container of its own with the server's volumes, whether the server runs or not."""
        alone = ("run", "--rm", "--no-deps", "--no-TTY", "--user", user, "--entrypoint", "sh")
        return self._run(*alone, "postgres", *words, given=given)

    def _run(self, *words: str, given: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - the commands are ours
            [*self._compose, *words],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env=dict(self._environment),
        )
        if done.returncode != 0:
            raise CommandFailed(_last_line(done.stderr), done.returncode)
        return done.stdout


def _command(environment: Mapping[str, str], *, file: str = str(COMPOSE)) -> tuple[str, ...]:
    """Several files are named in `COMPOSE_FILE`, which counts only where no -f is given."""
    named = bool(environment.get("COMPOSE_FILE"))
    return ("docker", "compose") if named else ("docker", "compose", "-f", file)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["docker compose failed and said nothing."])[-1]
