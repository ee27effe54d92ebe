"""Whether what compose publishes can be: no port is another's, no address of another machine.

What one of our own containers has now is ours: `up` puts the new one in its place.
"""

import errno
import json
import socket
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

SETTINGS = {
    ("gateway", 80): "GATEWAY_PORT",
    ("gateway", 443): "GATEWAY_TLS_PORT",
    ("kafka", 9094): "KAFKA_PORT",
    ("kafka-2", 9094): "KAFKA_2_PORT",
    ("kafka-3", 9094): "KAFKA_3_PORT",
    ("mail", 8025): "MAIL_PORT",
    ("prometheus", 9090): "PROMETHEUS_PORT",
    ("grafana", 3000): "GRAFANA_PORT",
}
"""By service and its own port; what an operator's own file publishes has none."""
LISTENS = {"gateway": "GATEWAY_LISTEN", "kafka": "KAFKA_LISTEN"}
EVERYWHERE = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104 - compose listens
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}

Refusal = Callable[[str, int, str], int]
"""Of an address, a port and a protocol: the system's number for what is in the way, or 0."""

Held = Collection[tuple[str, socket.AddressFamily, int]]
"""What our containers have: service, family and port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    service: str
    target: int
    address: str
    number: int
    protocol: str = "tcp"
    profile: str = ""

    @property
    def name(self) -> str:
        setting = SETTINGS.get((self.service, self.target))
        return (
            f"{setting}={self.number}" if setting else f"The port {self.number} of {self.service}"
        )

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.address,) if self.address else tuple(EVERYWHERE.values())

    def meets(self, other: "Port") -> bool:
        if (self.number, self.protocol) != (other.number, other.protocol):
            return False
        families = {*map(family_of, self.addresses)} & {*map(family_of, other.addresses)}
        everywhere = {self.address, other.address} & {"", *EVERYWHERE.values()}
        return bool(families) and (self.address == other.address or bool(everywhere))


def family_of(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def published(config: Mapping[str, Any], *, runs: Iterable[str]) -> Iterator[Port]:
    """Of every service; without a number, or with several, the engine takes what is free."""
    runs = set(runs)
    for service, each in config["services"].items():
        for port in each.get("ports", ()):
            if str(port.get("published", "")).isdigit():
                yield Port(
                    service=service,
                    target=int(port["target"]),
                    address=port.get("host_ip") or "",
                    number=int(port["published"]),
                    protocol=port.get("protocol", "tcp"),
                    profile="" if service in runs else " ".join(each.get("profiles", ())),
                )


def held(inspected: Iterable[Mapping[str, Any]]) -> Held:
    """Of what `docker inspect` prints."""
    return {
        (
            each["Config"]["Labels"]["com.docker.compose.service"],
            family_of(place["HostIp"]),
            int(place["HostPort"]),
        )
        for each in inspected
        for places in each["NetworkSettings"]["Ports"].values()
        for place in places or ()
    }


def refusal(address: str, port: int, protocol: str) -> int:
    """Asked by taking it for a moment, and where that is the engine's right alone by knocking."""
    family = family_of(address)
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    try:
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:
                # A connection that just ended keeps nobody from listening.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind((address, port))
    except PermissionError:
        return errno.EADDRINUSE if kind is socket.SOCK_STREAM and answers(address, port) else 0
    except OSError as error:
        return error.errno or 0
    return 0


def answers(address: str, port: int) -> bool:
    family = family_of(address)
    knocked_at = LOOPBACK[family] if address in EVERYWHERE.values() else address
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((knocked_at, port)) == 0


def told(ports: Sequence[Port], ours: Held, refused: Refusal = refusal) -> Iterator[str]:
    """A line for each port that cannot be, `!` where only a profile not asked for wants it."""
    for one, other in combinations(ports, 2):
        if one.meets(other):
            twice = f"{one.name} and {other.name} want the same port: set another for one of them."
            yield _marked(twice, one.profile or other.profile)
    for port in ports:
        if wrong := _wrong(port, ours, refused):
            yield _marked(wrong, port.profile)


def _wrong(port: Port, ours: Held, refused: Refusal) -> str | None:
    found = {each: refused(each, port.number, port.protocol) for each in port.addresses}
    taken = [
        address
        for address, number in found.items()
        if number == errno.EADDRINUSE
        and (port.service, family_of(address), port.number) not in ours
    ]
    if taken:
        return _taken(port, taken)
    if port.address and errno.EADDRNOTAVAIL in found.values():
        return _elsewhere(port)
    return None


def _marked(sentence: str, profile: str) -> str:
    return f"! {sentence} Only the profile {profile} wants it." if profile else f"✗ {sentence}"


def _taken(port: Port, addresses: Sequence[str]) -> str:
    setting = SETTINGS.get((port.service, port.target))
    another = f"set another {setting} in deploy/.env" if setting else "give it another"
    if port.service == "gateway":
        another += " (PUBLIC_URL has it in it, unless it is 80 or 443)"
    kind = "t" if port.protocol == "tcp" else "u"
    return (
        f"{port.name} is taken at {' and '.join(map(_typed, addresses))}: {another}, or stop what"
        " has it."
        f" Who that is, says: sudo ss -ln{kind}p 'sport = :{port.number}'"
    )


def _typed(address: str) -> str:
    """As it stands before a port."""
    return f"[{address}]" if ":" in address else address


def _elsewhere(port: Port) -> str:
    setting = LISTENS.get(port.service.partition("-")[0])
    named = (
        f"{setting}={port.address}" if setting else f"{port.address}, where {port.name} listens,"
    )
    return f"{named} is no address of this machine: set one that `ip address` shows."


def main(arguments: Sequence[str]) -> int:
    """With the files of the configuration, of that with every profile, and of our containers."""
    config, all_profiles, inspected = (
        json.loads(Path(file).read_text(encoding="utf-8") or "[]") for file in arguments
    )
    ports = list(published(all_profiles, runs=config["services"]))
    lines = list(dict.fromkeys(told(ports, held(inspected))))
    if not lines:
        lines = ["✓ Every port that is wanted is free, or ours."]
    print("\n".join(lines))
    return int(any(line.startswith("✗") for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
