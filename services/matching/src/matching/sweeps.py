"""What falls due with time: pairs whose turn has come, requests that nobody fits, old offers."""

from datetime import datetime

from chassis.cause import Cause
from chassis.database import Connection
from chassis.sweeps import Sweeps
from matching.spread import commands as spread
from matching.unmet import commands as unmet
from matching.unmet.patience import Patience

sweeps = Sweeps()


@sweeps.due()
async def count_exposure(connection: Connection, now: datetime, _cause: Cause) -> None:
    await spread.count_exposure(connection, now=now)


@sweeps.due()
async def release_waiting(connection: Connection, now: datetime, _cause: Cause) -> None:
    await spread.release_waiting(connection, now=now)


@sweeps.due()
async def find_unmet_requests(connection: Connection, now: datetime, _cause: Cause) -> None:
    await unmet.find_unmet(connection, after=Patience().unmet_after, now=now)


@sweeps.due()
async def overflow_requests(connection: Connection, now: datetime, cause: Cause) -> None:
    await unmet.overflow_requests(connection, Patience(), now=now, cause=cause)


@sweeps.due()
async def forget_old_offers(connection: Connection, now: datetime, _cause: Cause) -> None:
    await unmet.forget_old_offers(connection, now)
