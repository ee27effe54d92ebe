"""PostgreSQL: pools, and the one way to open a transaction; every command runs inside one."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import asyncpg

Row = Any
"""An asyncpg record: read by column name."""

CLOSE_SECONDS = 2.0
COMMAND_SECONDS = 30.0
WEB_TRANSACTION_SECONDS = 10
CONSUMER_TRANSACTION_SECONDS = 75


class Connection(Protocol):
    """What commands, queries and storage use of an asyncpg connection."""

    async def execute(self, query: str, *args: object) -> str: ...
    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None: ...
    async def fetch(self, query: str, *args: object) -> list[Row]: ...
    async def fetchmany(self, query: str, args: Iterable[Sequence[object]]) -> list[Row]: ...
    async def fetchrow(self, query: str, *args: object) -> Row | None: ...
    async def fetchval(self, query: str, *args: object) -> Any: ...
    def cursor(self, query: str, *args: object) -> Any: ...
    def transaction(self) -> AbstractAsyncContextManager[None]: ...
    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[object]], columns: Sequence[str]
    ) -> str: ...


class Pool:
    """Connections to one database; opens lazily, so that a service starts before its database.

    ``transaction_seconds`` is PostgreSQL's ``transaction_timeout``: a forgotten transaction
    must not hold back vacuum or a lock. Whoever changes a setting or takes a lock does so for the
    transaction: nothing is asked of the server when a connection goes back.
    """

    def __init__(
        self,
        url: str,
        *,
        application: str,
        transaction_seconds: int = WEB_TRANSACTION_SECONDS,
        size: int = 10,
    ) -> None:
        self._pool = asyncpg.create_pool(
            url,
            min_size=0,
            max_size=size,
            max_inactive_connection_lifetime=60,
            timeout=5,
            reset=_nothing_to_reset,
            server_settings={
                "application_name": application,
                "timezone": "UTC",
                "transaction_timeout": f"{transaction_seconds}s",
                # To compile one of our short statements takes longer than to run it.
                "jit": "off",
            },
        )

    async def open(self) -> None:
        await self._pool

    async def close(self) -> None:
        """Say goodbye to the database, but do not wait long for one that does not answer."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        async with self._pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """The edge's transaction: commits when the block ends, rolls back when it raises."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield connection


async def _nothing_to_reset(_connection: object) -> None:
    """Asyncpg itself rolls back; its default would ask the server once more a transaction."""


_KEEPALIVE = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "5s",
}


@asynccontextmanager
async def single_connection(url: str, *, application: str) -> AsyncIterator[Connection]:
    """A connection outside any pool: for commands and migrations, however long they take."""
    connection = await asyncpg.connect(
        url, timeout=5, server_settings={"application_name": application, "timezone": "UTC"}
    )
    try:
        yield connection
    finally:
        await connection.close(timeout=CLOSE_SECONDS)


@asynccontextmanager
async def lock_connection(url: str, *, application: str) -> AsyncIterator[Connection]:
    """A connection that holds a session lock: each side notices when the other is gone.

    Without that, the lock of a machine that lost its power would outlive it for hours.
    """
    connection = await asyncpg.connect(
        url,
        timeout=5,
        command_timeout=COMMAND_SECONDS,
        server_settings={"application_name": application, "timezone": "UTC", **_KEEPALIVE},
    )
    try:
        yield connection
    finally:
        await connection.close(timeout=CLOSE_SECONDS)


_TRANSIENT = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
)

_OF_FILES = (
    FileExistsError,
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
)
"""``OSError``s that a file's name caused, no connection: mistakes of the caller."""


def is_transient(error: BaseException) -> bool:
    """Whether trying again later can help: connection, timeout, serialization, shutdown.

    asyncpg reports a connection lost in use as a bare ``InterfaceError`` that says "closed";
    other ``InterfaceError``s are mistakes of the caller.
    """
    if isinstance(error, asyncpg.InterfaceError):
        return "clos" in str(error)
    return isinstance(error, _TRANSIENT) and not isinstance(error, _OF_FILES)
