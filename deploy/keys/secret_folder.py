"""The folder of secrets: a file is there whole or not at all, and nobody else can reach it.

The containers run as different users, and a file mounted from here keeps its owner and mode. So
its files can be read by anybody, but the folder be entered only by its owner: on this machine
nobody reaches them, in a container only those that were mounted into it. That holds whoever makes
them, with a rootless engine as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o444


@dataclass(frozen=True, slots=True)
class SecretFolder:
    path: Path

    def missing(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if not (self.path / name).is_file()]

    def read(self, names: Iterable[str]) -> dict[str, str]:
        return {name: (self.path / name).read_text(encoding="utf-8") for name in names}

    def write(self, files: Mapping[str, str]) -> None:
        self.path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        self.path.chmod(FOLDER_MODE)
        for name, text in files.items():
            self._replace(name, text)

    def _replace(self, name: str, text: str) -> None:
        waiting = self.path / f".{name}.new"
        waiting.touch()
        waiting.write_text(text, encoding="utf-8")
        waiting.chmod(FILE_MODE)
        waiting.replace(self.path / name)
