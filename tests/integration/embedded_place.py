"""The embedded exchange as backup and restore see it: processes, and the server's own folder."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "backup"))

from composed_place import CANNOT_BE_ASKED
from point import Point
from restoring import NotRunning, StepFailed

from embedded.archived_postgres import ArchivedPostgres, ScriptFailed
from embedded.exchange import Exchange
from embedded.postgres_installation import CommandFailed
from embedded.programs import CommandRefused

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def step(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """What a server or a service refuses is a step that failed."""

    @wraps(function)
    def failing(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return function(*args, **kwargs)
        except (CommandFailed, CommandRefused) as error:
            raise StepFailed(str(error)) from error

    return failing


@dataclass(frozen=True, kw_only=True)
class EmbeddedPlace:
    """`folder` is elsewhere than the database: the erasure list is kept there."""

    exchange: Exchange
    postgres: ArchivedPostgres
    folder: Path

    def bases(self) -> Sequence[str]:
        return [path.name for path in (self.postgres.backups / "base").iterdir()]

    @step
    def take(self) -> str:
        return self.postgres.run_script("take.sh", self.postgres.backups)

    @step
    def flush(self) -> None:
        try:
            self.postgres.run_script("flush.sh", self.postgres.backups)
        except ScriptFailed as failed:
            if failed.code == CANNOT_BE_ASKED:
                raise NotRunning(str(failed)) from failed
            raise

    def kept_erasures(self) -> str:
        return self._kept.read_text() if self._kept.exists() else ""

    def keep_erasures(self, erased: str) -> None:
        self._kept.write_text(erased)

    @step
    def recover(self, point: Point) -> None:
        time = [] if point.time is None else [f"{point.time:%Y-%m-%d %H:%M:%S.%f+00}"]
        place = self.postgres
        place.run_script("recover.sh", place.data, place.backups, point.base, *time)

    @step
    def swap(self) -> None:
        self.postgres.pause()
        self.postgres.run_script("swap.sh", self.postgres.data)
        self.postgres.start()

    def services_run(self) -> bool:
        return any(process.running for process in self.exchange.services.values())

    def stop_services(self) -> None:
        self.exchange.stop_services()

    def start_services(self) -> None:
        self.exchange.start_services()

    @step
    def run(self, service: str, *arguments: str, given: str = "") -> str:
        file = self.folder / "given"
        file.write_text(given)
        words = [str(file) if word == "/dev/stdin" else word for word in arguments]
        return self.exchange.run(service, *words)

    @property
    def _kept(self) -> Path:
        return self.folder / "erased.csv"
