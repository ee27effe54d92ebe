"""PostgreSQL from its wheel: one server, many databases; its data outlives a kill but not it."""

import re
import secrets
import signal
from pathlib import Path
from threading import Event
from typing import Self
from urllib.parse import quote

from embedded.connected import execute
from embedded.ports import NotStarted, port_or_free
from embedded.postgres_installation import CommandFailed, PostgresInstallation
from embedded.processes import Command, Process
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
_START_LIMIT_SECONDS = 180
_STOP_LIMIT_SECONDS = 60
_FAST_SHUTDOWN = signal.SIGINT


class Postgres:
    """A PostgreSQL server. `durable=False` survives every kill -9, but not a power cut.

    `data` is an empty folder to keep its data in, removed with the rest.
    """

    def __init__(
        self, *, port: int | None = None, durable: bool = True, data: Path | None = None
    ) -> None:
        self._port = port
        self._data = data
        self._durable = durable
        self._password = secrets.token_urlsafe(16)
        self._installation: PostgresInstallation | None = None
        self._process: Process | None = None
        self._given_up = Event()

    def start(self) -> Self:
        """Make an empty server, or bring the killed one back with its data and its port."""
        if self._process is None:
            self._process = self._create()
        wait_until(
            self._answers,
            limit_seconds=_START_LIMIT_SECONDS,
            waiting_for="PostgreSQL",
            given_up=self._given_up,
        )
        return self

    def give_up(self) -> None:
        """Let a start under way in another thread end early; `stop` then removes what it began."""
        self._given_up.set()

    def kill(self) -> None:
        """Kill -9. The data stays; `start` brings the server back."""
        self.process.kill()

    def pause(self) -> None:
        """Stop in good order and keep the data; `start` brings the server back."""
        self.process.stop(limit_seconds=_STOP_LIMIT_SECONDS, with_signal=_FAST_SHUTDOWN)

    def stop(self) -> None:
        """Stop and remove everything."""
        if self._process is not None:
            self.pause()
            self._process = None
        if self._installation is not None:
            self._installation.remove()
            self._installation = None

    @property
    def process(self) -> Process:
        if self._process is None:
            raise NotStarted("PostgreSQL")
        return self._process

    @property
    def port(self) -> int:
        if self._port is None:
            raise NotStarted("PostgreSQL")
        return self._port

    def url(self, database: str) -> str:
        password = quote(self._password)
        return f"postgresql://{_SUPERUSER}:{password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database and answer its URL."""
        # A copy of its files is made in half the time that its pages take through the log.
        source = f" template {_quoted(template)} strategy file_copy" if template else ""
        execute(self.url(_SUPERUSER), f"create database {_quoted(name)}{source}")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database with whoever is connected to it; a missing one is no error."""
        execute(self.url(_SUPERUSER), f"drop database if exists {_quoted(name)} with (force)")

    def execute(self, statement: str, *, database: str = "postgres") -> str:
        """Run one statement and answer what it prints, columns parted by `|`."""
        return self._run(
            "psql",
            *("--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
            *("--set=ON_ERROR_STOP=1", "--host=127.0.0.1", f"--port={self.port}"),
            *(f"--username={_SUPERUSER}", f"--dbname={database}", "--command", statement),
        ).strip()

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
        installation = self._installation = PostgresInstallation.create(self._data)
        self._initialise(installation)
        return Process(
            Command(
                name="PostgreSQL",
                arguments=self._server_arguments(installation),
                log=installation.folder / "postgres.log",
                environment=installation.environment,
                directory=installation.folder,
                account=installation.account,
            )
        )

    def _initialise(self, installation: PostgresInstallation) -> None:
        password_file = installation.folder / "password"
        password_file.write_text(self._password)
        installation.hand_over(password_file)
        installation.run(
            "initdb",
            *(f"--pgdata={installation.data}", f"--username={_SUPERUSER}", *_LOCALE),
            *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"),
            *(() if self._durable else ("--no-sync",)),
        )

    def _server_arguments(self, installation: PostgresInstallation) -> tuple[str | Path, ...]:
        return (
            installation.programs / "postgres",
            *("-D", installation.data, "-p", str(self.port)),
            *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
            *("-c", "max_connections=300", "-c", "timezone=UTC"),
            *(() if self._durable else _SAFE_FROM_KILLS_ONLY),
        )

    def _run(self, program: str, *arguments: str) -> str:
        if self._installation is None:
            raise NotStarted("PostgreSQL")
        return self._installation.run(program, *arguments, password=self._password)

    def _answers(self) -> bool:
        """Tell whether it does; start it while the memory of a killed server is still attached."""
        if not self.process.running:
            if self.process.exit_code and not self._left_by_a_kill():
                self.process.demand_running()
            self.process.start()
        try:
            self._run("pg_isready", "--host=127.0.0.1", f"--port={self.port}")
        except CommandFailed:
            return False
        return True

    def _left_by_a_kill(self) -> bool:
        killed = self.process.exit_code == -signal.SIGKILL
        return killed or "shared memory block" in self.process.log_tail(lines=4)


def _quoted(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]{1,63}", name):
        raise ValueError(f"not a database name: {name!r}")
    return f'"{name}"'
