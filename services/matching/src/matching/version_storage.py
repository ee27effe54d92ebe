"""The SQL of analysis versions, one function a statement; exactly one of them is active."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.database import Connection, Row

VersionState = Literal["building", "active", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version without its content; `engine` tells what model and weights it belongs to."""

    number: str
    engine: str
    state: VersionState
    members: frozenset[UUID]
    offers: int
    requests: int
    created_at: datetime
    activated_at: datetime | None
    threshold: float | None = None
    """Learned from answers, where the operator switched that on."""

    @property
    def joined(self) -> bool:
        return self.number != self.engine


_COLUMNS = "number, engine, state, members, offers, requests, created_at, activated_at"

_THRESHOLD = """(select c.threshold from calibration c
    where c.version = analysis_version.number and c.switched_on) as threshold"""

_ADD = f"""
    insert into analysis_version ({_COLUMNS}, content, sha256)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (number) do update set state = excluded.state, content = excluded.content,
        sha256 = excluded.sha256, members = excluded.members, created_at = excluded.created_at,
        activated_at = excluded.activated_at
"""


async def in_state(
    connection: Connection, state: VersionState, *, locked: bool = False
) -> VersionRow | None:
    """The active or the building one; locked, nobody switches until the transaction ends."""
    lock = " for update" if locked else ""
    row = await connection.fetchrow(
        f"select {_COLUMNS}, {_THRESHOLD} from analysis_version where state = $1{lock}", state
    )
    return None if row is None else _version(row)


async def hold(connection: Connection, number: str, state: VersionState) -> bool:
    """Whether the version is in that state, and then it stays so until the transaction ends."""
    found: bool | None = await connection.fetchval(
        "select true from analysis_version where number = $1 and state = $2 for share",
        number,
        state,
    )
    return found is True


async def content(connection: Connection, number: str) -> tuple[bytes, str] | None:
    """The version's arrays and their checksum; None for the shipped background."""
    row = await connection.fetchrow(
        "select content, sha256 from analysis_version where number = $1 and content is not null",
        number,
    )
    return None if row is None else (row["content"], row["sha256"])


async def add(
    connection: Connection, version: VersionRow, *, content: bytes | None, sha256: str | None
) -> None:
    """Keep a version; one that was retired before may come back."""
    await connection.execute(
        _ADD,
        version.number,
        version.engine,
        version.state,
        list(version.members),
        version.offers,
        version.requests,
        version.created_at,
        version.activated_at,
        content,
        sha256,
    )


async def retire(connection: Connection, numbers: Sequence[str]) -> None:
    await connection.execute(
        "update analysis_version set state = 'retired', content = null where number = any($1)",
        list(numbers),
    )


async def activate(connection: Connection, number: str, *, at: datetime) -> None:
    await connection.execute(
        "update analysis_version set state = 'active', activated_at = $2 where number = $1",
        number,
        at,
    )


def _version(row: Row) -> VersionRow:
    columns = dict(row)
    return VersionRow(**columns | {"members": frozenset(columns["members"])})
