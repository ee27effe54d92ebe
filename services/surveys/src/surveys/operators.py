"""Who may see the reports: moderators, brokers and admins who are signed in."""

from starlette.requests import Request

from chassis.database import Connection
from chassis.signing import SessionVerifier
from chassis.web.access import signed_in
from chassis.web.problem import Problem
from chassis.web.translation import mark
from schemas.claims import SessionClaims
from schemas.frame import OPERATORS
from schemas.member import MemberState
from surveys.site import account_of


class Operators:
    """Lets operators in and shows them by name in the header."""

    def __init__(self, verifier: SessionVerifier) -> None:
        self._verifier = verifier

    async def require(self, request: Request, connection: Connection) -> MemberState:
        member = await signed_in(
            request,
            connection,
            verifier=self._verifier,
            unpacked=SessionClaims.unpacked,
            state=MemberState,
        )
        if member is None:
            raise Problem(401)
        if OPERATORS.isdisjoint(member.roles):
            raise Problem(
                403,
                mark("Die Berichte sind für die Betreiber der Kooperationsbörse."),
                remedy=mark("Melden Sie sich mit einem Zugang an, der dazu berechtigt ist."),
            )
        request.state.account = account_of(member)
        return member
