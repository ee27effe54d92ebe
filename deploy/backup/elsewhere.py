"""Whether the server that is backed up holds what services write: it may lie elsewhere by now."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

OURS = "postgres"
SUFFIX = "_database_url"


def elsewhere(config: Mapping[str, Any]) -> str | None:
    """A sentence that names the databases of other servers; none where all are on ours.

    Of what `docker compose config --format json` prints; what cannot be read tells nothing.
    """
    named = {name: host for name, host in _hosts(config) if host != OURS}
    if not named:
        return None
    hosts = " and ".join(sorted(set(named.values())))
    return (
        f"The secrets name {hosts} ({', '.join(sorted(named))}), and only the server {OURS} is"
        " known here, with what was there before: docs/operating.md, Databases elsewhere."
    )


def _hosts(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, secret in config.get("secrets", {}).items():
        if name.endswith(SUFFIX) and (host := _host(Path(secret["file"]))):
            yield name, host


def _host(file: Path) -> str | None:
    try:
        return urlsplit(file.read_text(encoding="utf-8").strip()).hostname
    except (OSError, ValueError):
        return None
