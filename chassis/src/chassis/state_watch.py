"""Once a night the states as they were told are compared with the tables, by one replica.

A database that is new or lost most of its rows takes nothing back by itself: what it would bury may
be all that is left.
"""

from datetime import datetime

import structlog

from chassis import brakes
from chassis.brakes import Reach
from chassis.cause import Cause
from chassis.convergence import Differences, republish_differences
from chassis.database import Connection, single_connection
from chassis.outbox import Outbox
from chassis.republish import Owned
from chassis.sweeps import Clock
from chassis.topic_states import LastWords, last_words

log = structlog.get_logger(__name__)

NAME = "compare_states"
"""Under this name `doctor` finds it among the sweeps."""
LOCK = 0x7374617465
"""Advisory lock key: the bytes of "state"."""
HOUR = 2
IDLE_SECONDS = 60.0


class ReachesTooFar(Exception):
    """So much would be buried that an operator has to confirm it first."""

    def __init__(self, reach: Reach) -> None:
        super().__init__(f"would bury {reach.due} of {reach.live} states")


def is_due(last: datetime, now: datetime) -> bool:
    """At night, UTC, the night after the last time."""
    return now.date() > last.date() and now.hour >= HOUR


class StateWatch:
    """Says again what a topic lost or never heard."""

    def __init__(
        self,
        outbox: Outbox,
        owned: Owned,
        *,
        database_url: str,
        bootstrap_servers: str,
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._owned = owned
        self._database_url = database_url
        self._bootstrap_servers = bootstrap_servers
        self._clock = clock

    async def turn(self) -> bool:
        async with single_connection(self._database_url, application=NAME) as connection:
            if await self._is_mine(connection):
                await self._compare(connection)
        return False

    async def _is_mine(self, connection: Connection) -> bool:
        """A new database begins with the night after it was first seen."""
        last = await connection.fetchval("select last_run_at from sweep where name = $1", NAME)
        if last is None:
            await brakes.note_success(connection, NAME, self._clock())
            return False
        if not is_due(last, self._clock()) or await brakes.is_stopped(connection, NAME):
            return False
        return bool(await connection.fetchval("select pg_try_advisory_lock($1)", LOCK))

    async def _compare(self, connection: Connection) -> None:
        now = self._clock()
        try:
            found = await self._differences(connection, now)
        except ReachesTooFar as far:
            await brakes.stop(connection, NAME, now, why=str(far))
            log.error("sweep_stopped", sweep=NAME, why=str(far), remedy="sweep --confirm")
            return
        except Exception as error:
            await brakes.note_failure(connection, NAME, now, why=type(error).__name__)
            raise
        await brakes.note_success(connection, NAME, now)
        _tell(found)

    async def _differences(self, connection: Connection, now: datetime) -> Differences:
        read_since = await connection.fetchval("select clock_timestamp()")
        words = await last_words(self._bootstrap_servers, self._owned)
        async with connection.transaction():
            confirmed = await brakes.use_up_confirmation(connection, NAME)
            found = await republish_differences(
                connection,
                self._outbox,
                self._owned,
                words,
                read_since=read_since,
                now=now,
                cause=Cause.new(),
            )
            reach = Reach(due=found.buried, live=_told(words))
            if reach.is_suspicious and not confirmed:
                raise ReachesTooFar(reach)
            return found


def _told(words: LastWords) -> int:
    return sum(not word.is_gone for of_state in words.values() for word in of_state.values())


def _tell(found: Differences) -> None:
    if found.said or found.buried:
        log.warning("states_differed", said=found.said, buried=found.buried)
    if found.behind:
        log.error("database_behind_its_topics", states=found.behind, remedy="restored --to TIME")
