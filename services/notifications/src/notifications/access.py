"""Who may see the operators' pages: signed-in members with an operator's role."""

from starlette.requests import Request

from chassis.database import Connection
from chassis.web.access import Sessions
from chassis.web.problem import Problem
from chassis.web.translation import mark
from notifications.site import account_of
from schemas.frame import OPERATORS
from schemas.member import MemberState

OPERATORS_ONLY = mark("Diese Seite ist für die Betreiber der Kooperationsbörse.")
WHO_HELPS = mark(
    "Sie sind als {name} angemeldet. Brauchen Sie die Seite für Ihre Arbeit, bitten Sie die"
    " Verwaltung der Börse, Ihnen Moderation oder Vermittlung zu übertragen."
)


class Access:
    """Lets operators in; visitors are sent to sign in, members are told who can help."""

    def __init__(self, sessions: Sessions[MemberState]) -> None:
        self._sessions = sessions

    async def operator(self, request: Request, connection: Connection) -> MemberState:
        member = await self._sessions.account(request, connection)
        if member is None:
            raise Problem(401)
        request.state.account = account_of(member)
        if OPERATORS.isdisjoint(member.roles):
            raise Problem(
                403, OPERATORS_ONLY, remedy=WHO_HELPS, values={"name": member.member_name}
            )
        return member
