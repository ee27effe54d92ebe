"""An installation's secrets as the operator's commands leave them, run with a bare Python."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from chassis.signing import LinkSigner, SessionVerifier
from schemas.links import LinkPurpose

KEYS = Path(__file__).parents[2] / "deploy" / "keys"


@dataclass(frozen=True, slots=True)
class Installation:
    folder: Path

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def settings(self) -> Path:
        return self.folder / "env"

    def make(self, *arguments: str, path: str = os.environ["PATH"]) -> tuple[int, str]:
        folders = ("--folder", str(self.secrets), "--settings", str(self.settings))
        return _run("make_secrets.py", *folders, *arguments, path=path)

    def told_by(self, script: str) -> tuple[int, str]:
        """What a part of `make doctor` finds in it."""
        return _run(script, str(self.settings), path=os.environ["PATH"])

    def change(self, name: str, text: str) -> None:
        """As an operator would who opens the file for writing first."""
        (self.secrets / name).chmod(0o644)
        (self.secrets / name).write_text(text)

    def read(self, name: str) -> str:
        return (self.secrets / name).read_text()

    def all(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.secrets.iterdir()}

    def session_verifier(self, service: str) -> SessionVerifier:
        keys = json.loads(self.read(f"{service}_session_public_keys"))
        return SessionVerifier.from_text("\n".join(keys))

    def link_signer(self, service: str, purpose: LinkPurpose) -> LinkSigner:
        keys = json.loads(self.read(f"{service}_link_keys"))
        return LinkSigner.from_text(purpose, "\n".join(keys[purpose]))


def _run(script: str, *arguments: str, path: str) -> tuple[int, str]:
    """Its code and what it said; with nothing installed."""
    ended = subprocess.run(  # noqa: S603 - the script under test
        [sys.executable, "-S", str(KEYS / script), *arguments],
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr
