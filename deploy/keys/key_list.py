"""Key lists: one key a line, newest first; an older one carries the day until which it counts."""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from datetime import date

KEY_BYTES = 32
_UNTIL = re.compile(r"# until (\d{4}-\d{2}-\d{2})$")


def fresh_key() -> str:
    return encoded(secrets.token_bytes(KEY_BYTES))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decoded(key: str) -> bytes:
    """Of a key with what is said of it; nothing where it is none."""
    bare = key.partition("#")[0].strip()
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        return b""


def with_newest(keys: list[str], newest: str, *, until: date | None) -> list[str]:
    """The newest in front; the others count until then, or for ever."""
    return [newest, *(_ending(key, until) for key in keys)]


def without_ended(text: str, *, today: date) -> str:
    """A file's text, be it JSON or lines, without the keys whose day is over."""
    if text.startswith(("[", "{")):
        return json.dumps(_kept(json.loads(text), today))
    return "\n".join(line for line in text.splitlines() if not _ended(line, today))


def ended(files: Mapping[str, str], today: date) -> dict[str, str]:
    """Those with a key whose day is over, without it; line ends and spaces say nothing."""
    return {
        name: without_ended(text, today=today)
        for name, text in files.items()
        if any(_ended(key, today) for key in _keys(text))
    }


def _keys(text: str) -> list[str]:
    if not text.startswith(("[", "{")):
        return text.splitlines()
    told = json.loads(text)
    lists = told.values() if isinstance(told, dict) else [told]
    return [key for keys in lists for key in keys]


def _kept(value: dict[str, list[str]] | list[str], today: date) -> object:
    if isinstance(value, dict):
        return {name: _kept(keys, today) for name, keys in value.items()}
    return [key for key in value if not _ended(key, today)]


def _ending(key: str, until: date | None) -> str:
    """A day that was promised before is never put off, but brought forward where asked for."""
    promised = _UNTIL.search(key)
    if until is None or (promised and promised[1] <= str(until)):
        return key
    return f"{_UNTIL.sub('', key).rstrip()} # until {until}"


def _ended(key: str, today: date) -> bool:
    promised = _UNTIL.search(key)
    return promised is not None and date.fromisoformat(promised[1]) < today
