"""The operator's settings, a line each, as compose reads them; nothing in it is secret."""

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
"""Where compose looks from."""

EXAMPLE = PROJECT / ".env.example"
SECRETS = "SECRETS"
COMMENT = "# The folder of keys and passwords, which `make secrets` wrote."


@dataclass(frozen=True, slots=True)
class EnvFile:
    path: Path

    def ensure(self, secrets: Path) -> None:
        """Make it of the example, and let it name the folder: compose starts only where it does."""
        if not self.path.exists():
            self.path.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
        if self.value(SECRETS) is None:
            with self.path.open("a", encoding="utf-8") as lines:
                lines.write(f"\n# Where `make secrets` wrote them.\n{SECRETS}={_seen(secrets)}\n")

    def value(self, name: str) -> str | None:
        if not self.path.exists():
            return None
        found = re.findall(rf"^{name}=(.*)$", self.path.read_text(encoding="utf-8"), re.MULTILINE)
        return found[-1].strip().strip("\"'") if found else None

    def folder(self) -> Path:
        """Of the secrets."""
        return PROJECT / (self.value(SECRETS) or "secrets")


def _seen(secrets: Path) -> str:
    """From the project, so that the checkout can be moved."""
    if secrets.is_relative_to(PROJECT):
        return f"./{secrets.relative_to(PROJECT)}"
    return str(secrets)
