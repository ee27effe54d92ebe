"""Who may see the reports: moderators, brokers and admins who are signed in."""

from starlette.requests import Request

from chassis.database import Connection
from chassis.web.access import Sessions
from chassis.web.problem import Problem
from chassis.web.translation import mark
from schemas.frame import OPERATORS
from schemas.member import MemberState
from surveys.site import account_of

OPERATORS_ONLY = mark("Die Berichte sind für die Betreiber der Kooperationsbörse.")
WHO_HELPS = mark(
    "Sie sind als {name} angemeldet. Brauchen Sie die Berichte für Ihre Arbeit, bitten Sie die"
    " Verwaltung der Börse, Ihnen Moderation oder Vermittlung zu übertragen."
)


class Operators:
    """Lets operators in; visitors are sent to sign in, members are told who can help."""

    def __init__(self, sessions: Sessions[MemberState]) -> None:
        self._sessions = sessions

    async def require(self, request: Request, connection: Connection) -> MemberState:
        member = await self._sessions.account(request, connection)
        if member is None:
            raise Problem(401)
        request.state.account = account_of(member)
        if OPERATORS.isdisjoint(member.roles):
            raise Problem(
                403, OPERATORS_ONLY, remedy=WHO_HELPS, values={"name": member.member_name}
            )
        return member
