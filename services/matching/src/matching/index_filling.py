"""An index from the stored analyses, page by page: no encoder and no long transaction.

A cursor would hold one transaction open for minutes, and with it the clean-up of every table. The
caller notes where changes begin before the first page, and reads them again after the last one.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import structlog

from chassis.database import Pool
from matching import index_storage
from matching.analysis import Analysis
from matching.filed_index import FiledIndex
from matching.index_storage import BEFORE_ALL, Place, StoredPart
from matching.listing_index import IndexSettings

log = structlog.get_logger(__name__)

PAGE = 1000
COMMIT_WHILE_FILLING = 10_000
"""Words that wait for a commit are held in memory, and weigh more there than all else."""

KeyOf = Callable[[StoredPart], UUID]
"""The key of a part in the index; asked once for each."""


async def filled_index(
    pool: Pool, settings: IndexSettings, *, key_of: KeyOf, page_size: int = PAGE
) -> FiledIndex:
    """An index of what is stored; says how far it is. The next page is read while one is added."""
    began = time.monotonic()
    read = partial(_page_after, pool, version=settings.version, size=page_size)
    async with pool.connection() as connection:
        total = await index_storage.live_count(connection, settings.version)
    index, page = settings.opened(), await read(BEFORE_ALL)
    while page:
        keyed = [(key_of(part), part.analysis) for part in page]
        page, _ = await asyncio.gather(
            read((page[-1].listing_id, page[-1].part)),
            asyncio.to_thread(_take, index, keyed, total),
        )
    await asyncio.to_thread(index.commit, at_least=1)
    seconds = round(time.monotonic() - began, 1)
    log.info("index_filled", listings=len(index), seconds=seconds)
    return index


async def _page_after(pool: Pool, place: Place, *, version: str, size: int) -> list[StoredPart]:
    async with pool.connection() as connection:
        return await index_storage.page_after(connection, place, version=version, size=size)


def _take(index: FiledIndex, page: Sequence[tuple[UUID, Analysis]], total: int) -> None:
    index.add_many(page)
    if index.uncommitted >= COMMIT_WHILE_FILLING:
        index.commit()
        log.info("index_filling", listings=len(index), of=total)
