"""What a setting may hold: a value that could not be used later is refused at the start."""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from chassis.signing import UnusableKey, keys_in

_BROKERS = re.compile(r"[^\s,:/]+:\d+(,[^\s,:/]+:\d+)*")
_DATABASE = re.compile(r"postgres(?:ql)?://(?:[^@#/?\s\[\]]*@)?([^@#/?\s]*)(?:[/?][^@#\s]*)?")
_DATABASE_HOSTS = re.compile(r"(?:(?:\[[^\[\]]+\]|[^:,\[\]]+)(?::\d{1,5})?(?:,|$))*")
_DATABASE_PORT = re.compile(r":(\d+)(?:,|$)")
_HIGHEST_PORT = 65535
_SPACE = re.compile(r"\s")
_HOST = re.compile(r"[^\s/@]+")
_MAIL_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _origin(value: str) -> str:
    parts = urlsplit(value)
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("http", "https") or not parts.hostname or value != bare:
        raise ValueError("it must be like https://service.example.org, without a slash at the end")
    return value


def _database_url(value: str) -> str:
    """The password is the usual mistake: nothing in it may end it before its end."""
    url = value.strip()
    found = _DATABASE.fullmatch(url)
    if url and not (found and _DATABASE_HOSTS.fullmatch(found[1])):
        raise ValueError(
            "it must be like postgresql://user:password@host:5432/name, without quotation marks;"
            " in a password @ : / ? # [ ] are written %40 %3A %2F %3F %23 %5B %5D"
        )
    if found and not all(map(_is_port, _database_ports(url, hosts=found[1]))):
        raise ValueError(f"the host needs a port from 1 to {_HIGHEST_PORT}, like 5432, or none")
    return url


def _database_ports(url: str, *, hosts: str) -> list[str]:
    """PostgreSQL takes one behind the question mark as well."""
    behind = parse_qs(urlsplit(url).query).get("port", [])
    return [*_DATABASE_PORT.findall(hosts), *(port for each in behind for port in each.split(","))]


def _is_port(value: str) -> bool:
    """Of a higher one the operating system takes the last sixteen bits: it would lead elsewhere."""
    return value.isascii() and value.isdigit() and 1 <= int(value) <= _HIGHEST_PORT


def _uri(value: str) -> str:
    parts = urlsplit(value)
    is_name = parts.scheme and parts.netloc and not _SPACE.search(value)
    if not is_name or value.endswith("/"):
        raise ValueError("it must be like https://service.example.org, without a slash at the end")
    return value


def _address(value: str) -> str:
    if value and urlsplit(value).scheme not in ("http", "https") and not value.startswith("/"):
        raise ValueError("it must begin with https:// or, for a page of this site, with a slash")
    return value


def _key_list(value: str) -> str:
    try:
        keys_in(value)
    except UnusableKey as unusable:
        raise ValueError(f"{unusable}; a key is 32 random bytes in url-safe base64") from None
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("it must be a name of the IANA list, like Europe/Berlin") from None
    return value


def _log_level(value: str) -> str:
    level = value.upper()
    if level not in LOG_LEVELS:
        raise ValueError(f"it must be one of {', '.join(LOG_LEVELS)}")
    return level


def _networks(value: str) -> str:
    try:
        for each in value.split():
            ip_network(each)
    except ValueError:
        raise ValueError(
            "it must be addresses or networks with spaces between, like 10.0.0.2 192.0.2.0/24"
        ) from None
    return value


def _folders(value: str) -> str:
    if not all(folder.startswith("/") for folder in value.split()):
        raise ValueError("it must be folders from the root on with spaces between, like /var/lib/x")
    return value


def _own_address(value: str) -> str:
    if value == "localhost":
        return value
    try:
        ip_address(value)
    except ValueError:
        raise ValueError("it must be an address to listen on, like 127.0.0.1 or 0.0.0.0") from None
    return value


def _brokers(value: str) -> str:
    if not _BROKERS.fullmatch(value):
        raise ValueError("it must be like kafka:9092, several with a comma and no space between")
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("it must be a host name alone, like mail.example.org")
    return value


def _mail_address(value: str) -> str:
    if not _MAIL_ADDRESS.fullmatch(value):
        raise ValueError("it must be one mail address alone, like name@example.org")
    return value


def _line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("it must be one line without control characters")
    return value


Origin = Annotated[str, AfterValidator(_origin)]
"""Scheme, host and port, nothing behind."""

DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
"""Of PostgreSQL; empty where none is asked."""

Uri = Annotated[str, AfterValidator(_uri)]
"""An absolute name that is only compared."""

Address = Annotated[str, AfterValidator(_address)]
"""Where a link leads; empty for none."""

KeyList = Annotated[str, AfterValidator(_key_list)]
"""One key a line, newest first."""

TimeZone = Annotated[str, AfterValidator(_time_zone)]

LogLevel = Annotated[str, AfterValidator(_log_level)]
"""The least that is logged, in capitals."""

Networks = Annotated[str, AfterValidator(_networks)]
"""Addresses and networks, with spaces between."""

Folders = Annotated[str, AfterValidator(_folders)]
"""With their whole paths and spaces between."""

OwnAddress = Annotated[str, AfterValidator(_own_address)]
"""Of this machine, to listen on."""

Brokers = Annotated[str, AfterValidator(_brokers)]
"""Host and port of each, with commas between."""

Host = Annotated[str, AfterValidator(_host)]
"""The name of a machine, or its address."""

MailAddress = Annotated[str, AfterValidator(_mail_address)]

Line = Annotated[str, AfterValidator(_line)]
"""What stands in a header."""
