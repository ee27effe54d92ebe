"""Settings that Compose refuses before any container could say why, and without their names."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from pathlib import Path

from env_file import PROJECT, EnvFile

HIGHEST_PORT = 65535
SIZE = re.compile(r"\d+(\.\d+)?\s*([kmgt]i?)?b?", re.IGNORECASE)


def main(arguments: Sequence[str] = ()) -> int:
    """1 if there is any; what is said in the shell counts before the file, as for Compose."""
    file = EnvFile(Path(arguments[0]) if arguments else PROJECT / ".env")
    wrong = list(refused({name: _told(file, name) for name in RULES}))
    print("\n".join(f"✗ {each}" for each in wrong), end="\n" if wrong else "")
    return int(bool(wrong))


def refused(settings: Mapping[str, str]) -> Iterator[str]:
    """A sentence each; what is empty is not set."""
    for name, value in settings.items():
        fits, wanted = RULES[name]
        if value and not fits(value):
            place = "your shell" if name in os.environ else "deploy/.env"
            yield f"{name}={value} is no {wanted}: set one in {place}."


def _told(file: EnvFile, name: str) -> str:
    value = os.environ.get(name)
    return file.value(name) or "" if value is None else value


def _is_port(value: str) -> bool:
    return value.isascii() and value.isdigit() and 1 <= int(value) <= HIGHEST_PORT


def _is_address(value: str) -> bool:
    """Where Compose wants it before a port: IPv6 in brackets."""
    bare = value.removeprefix("[").removesuffix("]")
    try:
        IPv4Address(value) if bare == value else IPv6Address(bare)
    except AddressValueError:
        return False
    return True


def _is_size(value: str) -> bool:
    return SIZE.fullmatch(value) is not None


def _is_folder(value: str) -> bool:
    return value == "backups" or (value.startswith(("/", ".", "~")) and ":" not in value)


PORT = (_is_port, f"whole number from 1 to {HIGHEST_PORT}")
ADDRESS = (_is_address, "address of this machine, like 127.0.0.1 or [::1]")
RULES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "GATEWAY_PORT": PORT,
    "GATEWAY_TLS_PORT": PORT,
    "GATEWAY_LISTEN": ADDRESS,
    "KAFKA_PORT": PORT,
    "KAFKA_2_PORT": PORT,
    "KAFKA_3_PORT": PORT,
    "KAFKA_LISTEN": ADDRESS,
    "MAIL_PORT": PORT,
    "PROMETHEUS_PORT": PORT,
    "GRAFANA_PORT": PORT,
    "MATCHING_MEMORY": (_is_size, "amount of memory, like 2g"),
    "BACKUP_DIR": (_is_folder, "folder with its whole path, like /mnt/backups"),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
