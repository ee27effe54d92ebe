"""Personal API tokens: shown once, stored only as a hash, deleted to revoke them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database import Connection

PREFIX = "kb_"
TOKEN_BYTES = 32
_USED = """
    with used as (
        update api_token set last_used_on = $2::date
        where token_hash = $1 and last_used_on is distinct from $2
    )
    select member_id from api_token where token_hash = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    id: UUID
    label: str
    created_at: datetime
    last_used_on: date | None


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


async def member_id_of_token(connection: Connection, token: str, *, today: date) -> UUID | None:
    """Whose token it is; remembers the first use of a day, so that nobody revokes blindly."""
    found: UUID | None = await connection.fetchval(_USED, _hash(token), today)
    return found


async def tokens_of(connection: Connection, member_id: UUID) -> tuple[ApiToken, ...]:
    rows = await connection.fetch(
        "select id, label, created_at, last_used_on from api_token where member_id = $1"
        " order by created_at, id",
        member_id,
    )
    return tuple(ApiToken(**row) for row in rows)


async def revoke_token(connection: Connection, token_id: UUID, *, member_id: UUID) -> None:
    await connection.execute(
        "delete from api_token where id = $1 and member_id = $2", token_id, member_id
    )


async def revoke_all_tokens(connection: Connection, *member_ids: UUID) -> None:
    await connection.execute(
        "delete from api_token where member_id = any($1::uuid[])", list(member_ids)
    )


def _hash(token: str) -> bytes:
    # A random token of 256 bits needs no slow hash.
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
