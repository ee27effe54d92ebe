"""SQL of what is kept about one member, in whichever table, one function a statement."""

import json
from dataclasses import fields
from typing import Any, TypeVar
from uuid import UUID

from chassis.database import Connection
from listings.members.own_data import (
    OperatorNote,
    OwnAddressChange,
    OwnAnswer,
    OwnDecision,
    OwnEnquiry,
    OwnFormerAddress,
    OwnListing,
    OwnMembership,
    OwnWish,
    Person,
    SignInLink,
)

Kept = TypeVar("Kept")


async def person(connection: Connection, member_id: UUID) -> Person | None:
    row = await connection.fetchrow(
        "select id, external_id, name, email, language, roles, created_at as member_since,"
        " unreachable_since, sessions_valid_from from member where id = $1",
        member_id,
    )
    return None if row is None else Person(**{**row, "roles": tuple(row["roles"])})


async def memberships(connection: Connection, member_id: UUID) -> tuple[OwnMembership, ...]:
    return await _kept(
        connection,
        OwnMembership,
        "(select organisation.name as organisation_name, joined_at from membership"
        " join organisation on organisation.id = organisation_id where member_id = $1) as own"
        " order by joined_at, organisation_name",
        member_id,
    )


async def wishes(connection: Connection, member_id: UUID) -> tuple[OwnWish, ...]:
    return await _kept(
        connection, OwnWish, "joining where member_id = $1 order by requested_at, id", member_id
    )


async def address_changes(connection: Connection, member_id: UUID) -> tuple[OwnAddressChange, ...]:
    return await _kept(
        connection,
        OwnAddressChange,
        "(select id, email, asked_at, (select max(expires_at) from signin_nonce"
        " where signin_nonce.member_id = address_change.id and used_at is null) as open_until"
        " from address_change where member_id = $1) as own order by asked_at, id",
        member_id,
    )


async def former_addresses(connection: Connection, member_id: UUID) -> tuple[OwnFormerAddress, ...]:
    return await _kept(
        connection,
        OwnFormerAddress,
        "former_address where member_id = $1 order by left_at",
        member_id,
    )


async def listings(connection: Connection, member_id: UUID) -> tuple[OwnListing, ...]:
    rows = await connection.fetch(
        "select listing.id, status, created_at, published_at, closed_at,"
        " case when joined_at is not null then content end as content,"
        " case when joined_at is not null then pending end as pending"
        " from listing left join membership using (member_id, organisation_id)"
        " where member_id = $1 order by created_at, listing.id",
        member_id,
    )
    return tuple(
        OwnListing(**{**row, "content": _json(row["content"]), "pending": _json(row["pending"])})
        for row in rows
    )


async def enquiries(connection: Connection, member_id: UUID) -> tuple[OwnEnquiry, ...]:
    return await _kept(
        connection,
        OwnEnquiry,
        "contact where requesting_member_id = $1 order by requested_at, id",
        member_id,
    )


async def answers(connection: Connection, member_id: UUID) -> tuple[OwnAnswer, ...]:
    return await _kept(
        connection,
        OwnAnswer,
        "contact where answering_member_id = $1 order by answered_at, id",
        member_id,
    )


async def decisions(connection: Connection, member_id: UUID) -> tuple[OwnDecision, ...]:
    return await _kept(
        connection,
        OwnDecision,
        "moderation_decision where decided_by = $1 order by decided_at, id",
        member_id,
    )


async def operator_notes(connection: Connection, member_id: UUID) -> tuple[OperatorNote, ...]:
    return await _kept(
        connection,
        OperatorNote,
        "operator_action where $1::uuid::text in (operator, split_part(result, ' ', 1))"
        " order by at, id",
        member_id,
    )


async def sign_in_links(connection: Connection, member_id: UUID) -> tuple[SignInLink, ...]:
    return await _kept(
        connection,
        SignInLink,
        "signin_nonce where member_id = $1"
        " or member_id in (select id from address_change where member_id = $1)"
        " order by expires_at, nonce",
        member_id,
    )


async def _kept(
    connection: Connection, kind: type[Kept], source: str, member_id: UUID
) -> tuple[Kept, ...]:
    rows = await connection.fetch(f"select {_columns(kind)} from {source}", member_id)
    return tuple(kind(**row) for row in rows)


def _columns(kind: type[Any]) -> str:
    return ", ".join(field.name for field in fields(kind))


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
