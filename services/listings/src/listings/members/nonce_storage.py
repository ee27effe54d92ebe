"""SQL of the nonces that links of sign-in mails carry, one function a statement.

A nonce is of a member, of a registration, or of a member's wish for another address.
"""

from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row

_NONCE = """
    select used_at, expires_at, exists (select from member where id = member_id) or exists (
        select from joining where id = signin_nonce.member_id and verified_at is null
    ) as is_somebodys
    from signin_nonce where nonce = $1
"""


async def insert_nonce(
    connection: Connection,
    nonce: UUID,
    *,
    person_id: UUID,
    expires_at: datetime,
    next_path: str | None,
) -> None:
    await connection.execute(
        "insert into signin_nonce (nonce, member_id, expires_at, next_path)"
        " values ($1, $2, $3, $4)",
        nonce,
        person_id,
        expires_at,
        next_path,
    )


async def nonce_row(connection: Connection, nonce: UUID) -> Row | None:
    return await connection.fetchrow(_NONCE, nonce)


async def use_nonce(
    connection: Connection, nonce: UUID, *, person_id: UUID, browser: bytes | None, now: datetime
) -> Row | None:
    """Where it leads, if it was open until now."""
    return await connection.fetchrow(
        "update signin_nonce set used_at = $3, browser = $4"
        " where nonce = $1 and member_id = $2 and used_at is null and expires_at > $3"
        " returning next_path",
        nonce,
        person_id,
        now,
        browser,
    )


async def use_of(
    connection: Connection, nonce: UUID, *, person_id: UUID, browser: bytes | None, since: datetime
) -> Row | None:
    """When it was used in this browser, and where it led, if that was not before."""
    return await connection.fetchrow(
        "select used_at, next_path from signin_nonce"
        " where nonce = $1 and member_id = $2 and browser = $3 and used_at >= $4",
        nonce,
        person_id,
        browser,
        since,
    )


async def verified_by(connection: Connection, registration_id: UUID) -> UUID | None:
    """The member who used a link of a registration."""
    member_id: UUID | None = await connection.fetchval(
        "select member_id from joining where id = $1", registration_id
    )
    return member_id


async def forget_browser(connection: Connection, browser: bytes) -> None:
    await connection.execute("update signin_nonce set browser = null where browser = $1", browser)


async def way_of(connection: Connection, nonce: UUID) -> str | None:
    """Where its link was to lead, used or expired, until it is forgotten."""
    way: str | None = await connection.fetchval(
        "select next_path from signin_nonce where nonce = $1", nonce
    )
    return way


async def language_of(connection: Connection, person_id: UUID) -> str | None:
    """In which the mail with the link is written."""
    language: str | None = await connection.fetchval(
        "select language from member where id = $1"
        " union all select language from joining where id = $1"
        " union all select language from member join address_change on member.id = member_id"
        " where address_change.id = $1 limit 1",
        person_id,
    )
    return language


async def last_sign_in(connection: Connection, member_id: UUID) -> datetime | None:
    """As far as it is not forgotten, or ended with what else was open."""
    latest: datetime | None = await connection.fetchval(
        "select max(used_at) from signin_nonce where member_id = $1", member_id
    )
    return latest


async def delete_nonces_of(
    connection: Connection, *member_ids: UUID, but: UUID | None = None
) -> None:
    """Of the links that sign members in, and of those that would change their addresses."""
    await connection.execute(
        "delete from signin_nonce where nonce is distinct from $2"
        " and (member_id = any($1::uuid[])"
        "   or member_id in (select id from address_change where member_id = any($1::uuid[])))",
        list(member_ids),
        but,
    )


async def forget_old_nonces(connection: Connection, *, before: datetime) -> None:
    await connection.execute("delete from signin_nonce where expires_at < $1", before)
