"""Who sent a request: the session cookie says who, this service's copy of the member the rest."""

from uuid import UUID

from starlette.requests import Request

from chassis import copies
from chassis.database import Connection
from chassis.web.access import Sessions
from chassis.web.problem import Problem
from matching.site import account_of
from schemas.member import MemberState
from schemas.vocabulary import Role


class Doorkeeper:
    """Lets members in by their session, and operators by their roles."""

    def __init__(self, sessions: Sessions[MemberState]) -> None:
        self._sessions = sessions

    async def member(self, request: Request, connection: Connection) -> MemberState | None:
        """Whoever sent the request, shown in the page's header from now on; None for a visitor."""
        member = await self._sessions.account(request, connection)
        if member is not None:
            request.state.account = account_of(member)
        return member

    async def speak_to(self, request: Request, connection: Connection, member_id: UUID) -> None:
        """Whoever chose no language here reads on in that of the mail which brought them."""
        member = await copies.find(connection, MemberState, member_id)
        if member is not None:
            request.state.language = member.language

    async def require_member(self, request: Request, connection: Connection) -> MemberState:
        """A visitor is sent to sign in, and comes back."""
        member = await self.member(request, connection)
        if member is None:
            raise Problem(401)
        return member

    async def require_role(
        self, request: Request, connection: Connection, *roles: Role
    ) -> MemberState:
        """A member with one of the roles; an admin may do everything, others are refused."""
        member = await self.require_member(request, connection)
        if {Role.ADMIN, *roles}.isdisjoint(member.roles):
            raise Problem(403)
        return member
