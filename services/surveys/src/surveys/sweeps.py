"""What falls due with time: the questions, and letting go of finished ones."""

from datetime import datetime

from chassis.cause import Cause
from chassis.database import Connection
from chassis.sweeps import Reach, Sweeps
from surveys.outcomes import commands as outcomes
from surveys.outcomes import queries
from surveys.settings import LocalTime

sweeps = Sweeps()


@sweeps.due()
async def ask_due_questions(connection: Connection, now: datetime, cause: Cause) -> None:
    """Ask both sides of a contact what came of it, when it is time."""
    zone = LocalTime().zone
    await outcomes.ask_due_questions(connection, now=now, zone=zone, cause=cause)


async def _finished(connection: Connection, now: datetime) -> Reach:
    finished, followed = await queries.finished_of_followed(connection, now=now)
    return Reach(due=finished, live=followed)


@sweeps.due(reach=_finished)
async def forget_finished_contacts(connection: Connection, now: datetime, _cause: Cause) -> None:
    """Let go of contacts about which nothing can be answered any more."""
    await outcomes.forget_finished(connection, now=now)
