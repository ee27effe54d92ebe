"""A PostgreSQL server with backups, made and restored by the scripts that production uses."""

import os
import shutil
import subprocess
from pathlib import Path

from embedded.ports import NotStarted
from embedded.postgres import Postgres
from embedded.postgres_installation import CommandFailed, PostgresInstallation

SCRIPTS = Path(__file__).parents[3] / "backup"


class ScriptFailed(CommandFailed):
    """One of `deploy/backup` failed; `code` is what it ended with."""

    def __init__(self, said: str, code: int) -> None:
        super().__init__(said)
        self.code = code


class ArchivedPostgres(Postgres):
    """Its log is archived beside its data: what the server loses, `recover` and `swap` bring back.

    The backups go with the data at the end of the `with`.
    """

    @property
    def backups(self) -> Path:
        return self._place().folder / "backups"

    @property
    def data(self) -> Path:
        return self._place().data

    @property
    def path(self) -> str:
        """The PATH of the scripts: PostgreSQL's programs before all others."""
        return f"{self._place().programs}:{os.environ['PATH']}"

    def run_script(self, name: str, *arguments: str | Path, **environment: str) -> str:
        """Run one of `deploy/backup`; raise `ScriptFailed` with its own words if it fails."""
        place = self._place()
        ended: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - our own scripts
            ["/bin/sh", place.folder / "scripts" / name, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment(place) | environment,
            cwd=place.folder,
            user=place.account.user_id,
            group=place.account.group_id,
            extra_groups=place.account.extra_groups,
        )
        if ended.returncode != 0:
            raise ScriptFailed(ended.stderr.strip(), ended.returncode)
        return ended.stdout.strip()

    def hand_over(self, path: Path) -> None:
        """Make the server's account the owner of the path and of all below it."""
        self._place().hand_over(path)

    def lose_data(self) -> None:
        """As with a lost volume: the server is killed, and its folder is empty."""
        self.kill()
        shutil.rmtree(self.data)
        self.data.mkdir(mode=0o700)
        self.hand_over(self.data)

    def _server_arguments(self, installation: PostgresInstallation) -> tuple[str | Path, ...]:
        scripts, backups = installation.folder / "scripts", installation.folder / "backups"
        shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        (backups / "wal").mkdir(parents=True)
        installation.hand_over(scripts)
        installation.hand_over(backups)
        archive = f'sh "{scripts}/archive.sh" "%p" "{backups}/wal/%f.gz"'
        return (
            *super()._server_arguments(installation),
            *("-c", "archive_mode=on", "-c", f"archive_command={archive}"),
        )

    def _environment(self, place: PostgresInstallation) -> dict[str, str]:
        """So that PostgreSQL's programs are found, and find the server."""
        return place.environment | {
            "PATH": self.path,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "postgres",
            "PGPASSWORD": self._password,
        }

    def _place(self) -> PostgresInstallation:
        if self._installation is None:
            raise NotStarted("PostgreSQL")
        return self._installation
