"""Whether the settings of the machine fit each other and lead here; wants nothing but Python.

As a job before all others it refuses what cannot work, a broken key store too. With a file of what
`docker compose config --format json` prints it also tells an operator what it found.
"""

import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from keystore import unusable

LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
HOST_NAME = re.compile(rf"{LABEL}(\.{LABEL})*", re.IGNORECASE)
ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
WANTED_PORTS = ("80", "443")
PORTS = range(1, 65536)
NUMBERS = {
    "GATEWAY_PORT": PORTS,
    "GATEWAY_TLS_PORT": PORTS,
    "KAFKA_PORT": PORTS,
    "BACKUP_KEEP": range(1, 10000),
    "DISK_WARN_PERCENT": range(100),
}

Resolve = Callable[[str], Sequence[str]]
Settings = Mapping[str, str]


def addresses_of(name: str) -> list[str]:
    """As this machine's resolver knows them."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return sorted({str(each[4][0]) for each in found})


def faults(settings: Settings, resolve: Resolve = addresses_of) -> Iterator[str]:
    """What cannot work, each with the setting and the remedy."""
    name, url = settings["HOST_NAME"], settings["PUBLIC_URL"]
    if name and not HOST_NAME.fullmatch(name):
        yield (
            f"HOST_NAME={name} is no host name: write it alone, like boerse.cluster.org, with xn--…"
            " for umlauts."
        )
    elif name and _scheme_and_host(url) != ("https", name.lower()):
        yield (
            f"PUBLIC_URL={url} does not fit HOST_NAME={name}: links in mails would lead elsewhere."
            f" Set PUBLIC_URL=https://{name}, or leave HOST_NAME empty."
        )
    elif name and not resolve(name):
        yield (
            f"HOST_NAME={name} has no address in DNS: let its A and AAAA records lead to this"
            " server and start again, or leave HOST_NAME empty."
        )
    yield from _malformed(settings)


def _malformed(settings: Settings) -> Iterator[str]:
    """What a broker, the database or a backup would stumble over later."""
    if not HOST_NAME.fullmatch(settings["KAFKA_HOST"]):
        yield (
            f"KAFKA_HOST={settings['KAFKA_HOST']} is no host name: write it alone, like"
            " boerse.cluster.org, without scheme and port."
        )
    for name, allowed in NUMBERS.items():
        if settings[name] not in map(str, allowed):
            yield (
                f"{name}={settings[name]} is no whole number from {allowed[0]} to {allowed[-1]}:"
                " set one in deploy/.env."
            )


def findings(settings: Settings, resolve: Resolve = addresses_of) -> Iterator[str]:
    """What is worth knowing of an address without a fault."""
    scheme, host = _scheme_and_host(settings["PUBLIC_URL"])
    if host in ON_THIS_MACHINE:
        yield f"✓ {settings['PUBLIC_URL']} can be opened on this machine alone."
        return
    if scheme == "http":
        yield (
            f"! {settings['PUBLIC_URL']} has no TLS: whoever listens on the way can sign in with a"
            " link. Set HOST_NAME and PUBLIC_URL=https://…"
        )
    yield _where_it_leads(host, resolve(host))
    if settings["HOST_NAME"]:
        yield from _kept_out(settings)


def _kept_out(settings: Settings) -> Iterator[str]:
    """What stands between visitors, or those who give certificates, and the gateway."""
    if settings["GATEWAY_LISTEN"] in ON_THIS_MACHINE:
        yield (
            f"! GATEWAY_LISTEN={settings['GATEWAY_LISTEN']} lets in nobody but this machine: set"
            " GATEWAY_LISTEN= (empty)."
        )
    ports = settings["GATEWAY_PORT"], settings["GATEWAY_TLS_PORT"]
    if ports != WANTED_PORTS:
        yield (
            f"! The gateway listens on {' and '.join(ports)}, and a certificate is given only to"
            " those who answer on 80 and 443: set GATEWAY_PORT=80 and GATEWAY_TLS_PORT=443, unless"
            " a router sends on from there."
        )


def _scheme_and_host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""


def _where_it_leads(host: str, addresses: Sequence[str]) -> str:
    if not addresses:
        return f"! {host} of PUBLIC_URL has no address in DNS: set its A and AAAA records."
    elsewhere = [address for address in addresses if not is_of_this_machine(address)]
    if elsewhere:
        return (
            f"! {host} leads to {', '.join(elsewhere)}, which is no address of this machine: right"
            " only where a router or proxy sends on from there to here."
        )
    return f"✓ {host} leads to {', '.join(addresses)}, of this machine."


def is_of_this_machine(address: str) -> bool:
    """Only one's own addresses can be bound to."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def main(arguments: Sequence[str]) -> int:
    if arguments:
        return _told(_composed(Path(arguments[0])))
    wrong = [*faults(os.environ), *filter(None, [unusable(Path(os.environ["KEYSTORE"]))])]
    for fault in wrong:
        print(fault, file=sys.stderr)
    return int(bool(wrong))


def _told(settings: Settings) -> int:
    wrong = list(faults(settings))
    print("\n".join([f"✗ {fault}" for fault in wrong] or findings(settings)))
    return int(bool(wrong))


def _composed(config: Path) -> Settings:
    services = json.loads(config.read_text(encoding="utf-8"))["services"]
    return {name: value or "" for name, value in services["address"]["environment"].items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
