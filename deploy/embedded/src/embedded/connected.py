"""A statement over a connection, from where no event loop is at hand or another one runs.

Tests make and drop some thousand databases: a `psql` for each would take longer than the rest.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import asyncpg

from embedded.postgres_installation import CommandFailed


def execute(url: str, statement: str) -> None:
    """Run one statement; `CommandFailed` carries what PostgreSQL or the system says of it."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            thread.submit(asyncio.run, _executed(url, statement)).result()
        except (asyncpg.PostgresError, OSError) as refused:
            raise CommandFailed(f"{statement}: {refused}") from refused


async def _executed(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
