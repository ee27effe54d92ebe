"""What a file or a backup could bring somebody back by, kept as keyed hashes only."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What a file calls an organisation or a member, or says of them in a column of theirs."""

    kind: Literal["organisation", "member", "address", "column"]
    text: str


def organisation_named(external_id: str) -> Name:
    return Name(kind="organisation", text=external_id)


def member_named(external_id: str) -> Name:
    return Name(kind="member", text=external_id)


def address_named(email: str) -> Name:
    return Name(kind="address", text=email.strip().lower())


def column_saying(external_id: str, column: str, text: str) -> Name:
    return Name(kind="column", text=f"{external_id}\0{column}\0{text}")


class Tracer:
    """Turns names into traces; the first key makes new ones, all keys recognise old ones."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)

    def trace(self, name: Name) -> bytes:
        return _trace(self._keys[0], name)

    def traces(self, names: Iterable[Name]) -> dict[bytes, Name]:
        """Of each name by every key, the first before the others."""
        return {_trace(key, name): name for name in names for key in self._keys}


def _trace(key: bytes, name: Name) -> bytes:
    return hmac.digest(key, f"{name.kind}\0{name.text}".encode(), "sha256")
