"""Whether PUBLIC_URL answers with a certificate that browsers believe, and for how long."""

import json
import socket
import ssl
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE_SECONDS = 5
SOON = timedelta(days=14)
"""The gateway renews by itself a month before the end; what is older was not renewed."""
REMEDY = "Why says the gateway's log: docker compose -f deploy/compose.yaml logs --tail 50 gateway"


def valid_until(host: str, port: int, *, context: ssl.SSLContext) -> datetime:
    with (
        socket.create_connection((host, port), timeout=PATIENCE_SECONDS) as connection,
        context.wrap_socket(connection, server_hostname=host) as encrypted,
    ):
        certificate = encrypted.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return datetime.fromtimestamp(ends, tz=UTC)


def told(url: str, *, context: ssl.SSLContext, now: datetime) -> str:
    """One line, with `✗` before what keeps browsers away."""
    parts = urlsplit(url)
    try:
        end = valid_until(parts.hostname or "", parts.port or 443, context=context)
    except ssl.SSLError as error:
        return f"✗ {url} shows no certificate that browsers believe: {error.reason}. {REMEDY}"
    except OSError:
        return f"! {url} cannot be reached from this machine; try it from another. {REMEDY}"
    if end - now < SOON:
        return f"✗ The certificate of {url} is good until {end:%Y-%m-%d} only. {REMEDY}"
    return f"✓ The certificate of {url} is good until {end:%Y-%m-%d}."


def main(arguments: Sequence[str]) -> int:
    """With a file of what `docker compose config --format json` prints."""
    services = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["services"]
    url = services["address"]["environment"]["PUBLIC_URL"]
    if not url.startswith("https://"):
        return 0
    line = told(url, context=ssl.create_default_context(), now=datetime.now(UTC))
    print(line)
    return int(line.startswith("✗"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
