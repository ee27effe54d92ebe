"""Personal API tokens: shown once, stored only as a hash, deleted to revoke them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database import Connection

PREFIX = "kb_"
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    id: UUID
    label: str
    created_at: datetime


async def create_token(
    connection: Connection, member_id: UUID, *, label: str, now: datetime
) -> str:
    """Make a token; what is returned can never be shown again."""
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    await connection.execute(
        "insert into api_token (id, member_id, label, token_hash, created_at)"
        " values ($1, $2, $3, $4, $5)",
        uuid7(),
        member_id,
        label,
        _hash(token),
        now,
    )
    return token


async def member_id_of_token(connection: Connection, token: str) -> UUID | None:
    query = "select member_id from api_token where token_hash = $1"
    found: UUID | None = await connection.fetchval(query, _hash(token))
    return found


async def tokens_of(connection: Connection, member_id: UUID) -> tuple[ApiToken, ...]:
    rows = await connection.fetch(
        "select id, label, created_at from api_token where member_id = $1 order by created_at, id",
        member_id,
    )
    return tuple(ApiToken(**row) for row in rows)


async def revoke_token(connection: Connection, token_id: UUID, *, member_id: UUID) -> None:
    await connection.execute(
        "delete from api_token where id = $1 and member_id = $2", token_id, member_id
    )


def _hash(token: str) -> bytes:
    # A random token of 256 bits needs no slow hash.
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
