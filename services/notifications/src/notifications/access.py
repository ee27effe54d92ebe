"""Who may see the operators' pages: signed-in members with an operator's role."""

from starlette.requests import Request

from chassis.database import Connection
from chassis.signing import SessionVerifier
from chassis.web.access import signed_in
from chassis.web.problem import Problem
from chassis.web.site import Account
from notifications.site import OPERATOR_LINKS
from schemas.claims import SessionClaims
from schemas.member import MemberState
from schemas.vocabulary import Role

OPERATORS = frozenset({Role.MODERATOR, Role.BROKER, Role.ADMIN})


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
        request.state.account = Account(
            name=member.member_name, links=OPERATOR_LINKS, sign_out="/sign-out"
        )
        if OPERATORS.isdisjoint(member.roles):
            raise Problem(403)
        return member
