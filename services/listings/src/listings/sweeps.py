"""What falls due with time; reminders come before whatever ends a listing."""

from datetime import datetime

from chassis.cause import Cause
from chassis.database import Connection
from chassis.sweeps import Sweeps
from listings.contacts import patience
from listings.listing import freshening
from listings.members import retention

sweeps = Sweeps()


@sweeps.due()
async def ask_owners(connection: Connection, now: datetime, cause: Cause) -> None:
    await freshening.ask_owners(connection, now, cause)


@sweeps.due(reach=freshening.reach_of_expiry)
async def expire_listings(connection: Connection, now: datetime, cause: Cause) -> None:
    await freshening.expire_listings(connection, now, cause)


@sweeps.due()
async def remind_owners(connection: Connection, now: datetime, cause: Cause) -> None:
    await patience.remind_owners(connection, now, cause)


@sweeps.due(reach=patience.reach_of_lapse)
async def lapse_contacts(connection: Connection, now: datetime, cause: Cause) -> None:
    await patience.lapse_contacts(connection, now, cause)


@sweeps.due()
async def forget_what_expired(connection: Connection, now: datetime, _cause: Cause) -> None:
    await retention.forget_what_expired(connection, now)
