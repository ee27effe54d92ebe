"""What falls due with time: requests that nobody fits; offers that ended long ago are forgotten."""

from datetime import datetime

from chassis.cause import Cause
from chassis.database import Connection
from chassis.sweeps import Sweeps
from matching.unmet import commands as unmet
from matching.unmet.patience import Patience

sweeps = Sweeps()


@sweeps.due()
async def find_unmet_requests(connection: Connection, now: datetime, _cause: Cause) -> None:
    await unmet.find_unmet(connection, after=Patience().unmet_after, now=now)


@sweeps.due()
async def forget_old_offers(connection: Connection, now: datetime, _cause: Cause) -> None:
    await unmet.forget_old_offers(connection, now)
