"""Who may see the operators' pages: signed-in members with an operator's role."""

from starlette.requests import Request

from chassis.database import Connection
from chassis.signing import SessionVerifier
from chassis.web.access import signed_in
from chassis.web.problem import Problem
from notifications.site import account_of
from schemas.claims import SessionClaims
from schemas.frame import OPERATORS
from schemas.member import MemberState


class Access:
    """Lets operators in; visitors are asked to sign in, members are refused."""

    def __init__(self, verifier: SessionVerifier) -> None:
        self._verifier = verifier

    async def operator(self, request: Request, connection: Connection) -> MemberState:
        member = await signed_in(
            request,
            connection,
            verifier=self._verifier,
            unpacked=SessionClaims.unpacked,
            state=MemberState,
        )
        if member is None:
            raise Problem(401)
        request.state.account = account_of(member)
        if OPERATORS.isdisjoint(member.roles):
            raise Problem(403)
        return member
