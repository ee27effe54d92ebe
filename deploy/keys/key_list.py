"""Key lists: one key a line, newest first; an older one carries the day until which it counts."""

import base64
import json
import re
import secrets
from datetime import date

KEY_BYTES = 32
_UNTIL = re.compile(r"# until (\d{4}-\d{2}-\d{2})$")


def fresh_key() -> str:
    return encoded(secrets.token_bytes(KEY_BYTES))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def with_newest(keys: list[str], newest: str, *, until: date | None) -> list[str]:
    """The newest in front; the others count until then, or for ever."""
    return [newest, *(_ending(key, until) for key in keys)]


def without_ended(text: str, *, today: date) -> str:
    """A file's text, be it JSON or lines, without the keys whose day is over."""
    if text.startswith(("[", "{")):
        return json.dumps(_kept(json.loads(text), today))
    return "\n".join(line for line in text.splitlines() if not _ended(line, today))


def _kept(value: dict[str, list[str]] | list[str], today: date) -> object:
    if isinstance(value, dict):
        return {name: _kept(keys, today) for name, keys in value.items()}
    return [key for key in value if not _ended(key, today)]


def _ending(key: str, until: date | None) -> str:
    """A day that was promised before stays."""
    return key if until is None or _UNTIL.search(key) else f"{key} # until {until}"


def _ended(key: str, today: date) -> bool:
    promised = _UNTIL.search(key)
    return promised is not None and date.fromisoformat(promised[1]) < today
