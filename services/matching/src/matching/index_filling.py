"""An index from the stored analyses, page by page: no encoder and no long transaction.

A cursor would hold one transaction open for minutes, and with it the clean-up of every table. The
caller notes where changes begin before the first page, and reads them again after the last one.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import structlog

from chassis.database import Pool
from matching import index_storage
from matching.index_choice import ChosenIndex
from matching.index_storage import BEFORE_ALL, StoredPart
from matching.listing_index import IndexSettings

log = structlog.get_logger(__name__)

PAGE = 1000
PAGES_A_COMMIT = 10
"""Words that wait for a commit are held in memory, and weigh more there than all else."""

THREADS = 2

KeyOf = Callable[[StoredPart], UUID]
"""The key of a part in the index; asked once for each."""


async def filled_index(
    pool: Pool, settings: IndexSettings, *, key_of: KeyOf, page_size: int = PAGE
) -> ChosenIndex:
    """The right index for what is stored, holding it; says how far it is."""
    began = time.monotonic()
    async with pool.connection() as connection:
        counts = await index_storage.live_counts(connection, settings.version)
    index = ChosenIndex(settings, expected=max(counts.values(), default=0))
    total, pages = sum(counts.values()), 0
    async for page in _pages(pool, settings.version, size=page_size):
        keyed = [(key_of(part), part.analysis) for part in page]
        await asyncio.to_thread(index.add_many, keyed, threads=THREADS)
        pages += 1
        if pages % PAGES_A_COMMIT == 0:
            await asyncio.to_thread(index.commit, at_least=1)
            log.info("index_filling", listings=len(index), of=total)
    await asyncio.to_thread(index.commit, at_least=1)
    seconds = round(time.monotonic() - began, 1)
    log.info("index_filled", listings=len(index), large=index.is_large, seconds=seconds)
    return index


async def _pages(pool: Pool, version: str, *, size: int) -> AsyncIterator[list[StoredPart]]:
    place = BEFORE_ALL
    while True:
        async with pool.connection() as connection:
            page = await index_storage.page_after(connection, place, version=version, size=size)
        if page:
            yield page
            place = page[-1].listing_id, page[-1].part
        if len(page) < size:
            return
