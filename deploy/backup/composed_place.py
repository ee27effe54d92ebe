"""The exchange that compose runs, as backup and restore see it: containers and their volumes."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from point import Point
from restoring import SERVICES, StepFailed

COMPOSE = Path(__file__).parents[1] / "compose.yaml"
DATA, BACKUPS, SCRIPTS = "/var/lib/postgresql/data", "/backups", "/backup"
ERASED = f"{BACKUPS}/erased.csv"
ROOT, OWNER = "0", "postgres"


class ComposedPlace:
    """`compose` is the command that reaches the containers, under `environment`."""

    def __init__(
        self,
        compose: Sequence[str] | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._compose = tuple(compose or _command(environment))
        self._environment = environment

    def bases(self) -> Sequence[str]:
        self._aside(f"{SCRIPTS}/prepare.sh", user=ROOT)
        return self._aside("-c", f"ls {BACKUPS}/base").split()

    def take(self) -> str:
        return self._in_server(f"{SCRIPTS}/take.sh", BACKUPS).split()[-1]

    def flush(self) -> None:
        self._in_server(f"{SCRIPTS}/flush.sh", BACKUPS)

    def erasures(self) -> Sequence[str]:
        found = [self._aside("-c", f"cat {ERASED} 2>/dev/null || true")]
        # A database that is lost has no list any more; Kafka still knows who is gone.
        with suppress(StepFailed):
            found.append(self.run("listings", "erase", "list"))
        return [text for text in found if text]

    def keep_erasures(self) -> None:
        erased = self.run("listings", "erase", "list")
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

    def stop_services(self) -> None:
        self._run("stop", *SERVICES)

    def start_services(self) -> None:
        self._run("up", "--detach", "--wait", *SERVICES)

    def run(self, service: str, *arguments: str, given: str = "") -> str:
        return self._run("run", "--rm", "--no-deps", "--no-TTY", service, *arguments, given=given)

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
            raise StepFailed(_last_line(done.stderr))
        return done.stdout


def _command(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Several files are named in `COMPOSE_FILE`, which counts only where no -f is given."""
    named = bool(environment.get("COMPOSE_FILE"))
    return ("docker", "compose") if named else ("docker", "compose", "-f", str(COMPOSE))


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["docker compose failed and said nothing."])[-1]
