"""Granting roles and taking them, by page or command, with an audit line; one admin stays."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from chassis.operator_actions import note_action
from listings.members import commands, storage
from listings.members.member import Member, UnknownMember
from schemas.vocabulary import Role

Roles = frozenset[Role]


class LastAdministrator(Exception):
    """Nobody else could grant a role afterwards."""


async def grant_role(
    connection: Connection, email: str, role: Role, *, by: str, now: datetime, cause: Cause
) -> Member:
    """Give a role to whoever has this address; who has it already keeps it.

    Raises:
        UnknownMember: nobody has it.

    """
    found = await storage.member_by_email(connection, email)
    if found is None:
        raise UnknownMember
    member = await _changed(
        connection, found.id, lambda roles: roles | {role}, now=now, cause=cause
    )
    await _note(connection, f"role grant {role}", member, by=by)
    return member


async def revoke_role(
    connection: Connection, member_id: UUID, role: Role, *, by: str, now: datetime, cause: Cause
) -> Member:
    """Take a role; the person stays a member.

    Raises:
        LastAdministrator: it is the role that grants roles, and nobody else has it.
        UnknownMember: there is none with this id, or no longer.

    """
    if role is Role.ADMIN:
        await _require_another_admin(connection, member_id)
    member = await _changed(
        connection, member_id, lambda roles: roles - {role}, now=now, cause=cause
    )
    await _note(connection, f"role revoke {role}", member, by=by)
    return member


async def _require_another_admin(connection: Connection, member_id: UUID) -> None:
    """All of them are locked, so that of the last two who go at once, one stays."""
    admins = await storage.members_with_for_update(connection, Role.ADMIN)
    if [admin.id for admin in admins] == [member_id]:
        raise LastAdministrator


async def _changed(
    connection: Connection,
    member_id: UUID,
    change: Callable[[Roles], Roles],
    *,
    now: datetime,
    cause: Cause,
) -> Member:
    """Locked before it is read: of two changes at once, neither is lost."""
    member = await storage.member_for_update(connection, member_id)
    if member is None:
        raise UnknownMember(member_id)
    roles = change(frozenset(member.roles))
    return await commands.set_roles(connection, member_id, roles, now=now, cause=cause)


async def _note(connection: Connection, command: str, member: Member, *, by: str) -> None:
    await note_action(connection, operator=by, command=command, result=str(member.id))
