"""What is wrong with a service: a sentence, and the one thing to do about it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``check`` is a stable name for machines; ``remedy`` names a command or a place to look."""

    check: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.wrong} {self.remedy}"


Check = Callable[[Connection, Any], Awaitable[Sequence[Finding]]]
"""A service's own look at its database and its settings."""
