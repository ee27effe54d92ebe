"""The operator's settings, a line each, as compose reads them; nothing in it is secret."""

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
"""Where compose looks from."""

EXAMPLE = PROJECT / ".env.example"
SECRETS = "SECRETS"
VALUE = r"""[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|([^'"\s].*?)??)(?:[ \t]+#.*)?\s*"""


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
        """The last one counts; a comment behind it, quotes and a mark of the encoding do not."""
        if not self.path.exists():
            return None
        text = self.path.read_text(encoding="utf-8-sig", errors="replace")
        line = rf"^[ \t]*(?:export[ \t]+)?{name}[ \t]*[=:]{VALUE}$"
        found = re.findall(line, text, re.MULTILINE)
        return next(filter(None, found[-1]), "").strip() if found else None

    def folder(self) -> Path:
        """Of the secrets."""
        return PROJECT / (self.value(SECRETS) or "secrets")


def _seen(secrets: Path) -> str:
    """From the project, so that the checkout can be moved."""
    if secrets.is_relative_to(PROJECT):
        return f"./{secrets.relative_to(PROJECT)}"
    return str(secrets)
