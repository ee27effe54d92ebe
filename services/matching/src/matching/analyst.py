"""Encodes listings outside any transaction and stores what it read; a known text is left alone."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from chassis.database import Pool
from matching import analysis_storage, listing_storage, version_storage
from matching.analysis import Analysis
from matching.encoder import UnusableVector
from matching.engine import Engine
from matching.kept_listing import KeptListing
from matching.listing_text import ListingText
from matching.version_source import EngineInUse
from matching.version_storage import VersionState

log = structlog.get_logger(__name__)

READ_AT_ONCE = 2
"""So many texts at a time: the encoders work outside of Python's lock, each on one core."""


class Analyst:
    """Analyses under one version at a time, and stores only while that version is in its state."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def analyse(
        self, using: EngineInUse, listing_ids: Sequence[UUID], *, state: VersionState
    ) -> bool:
        """Analyse those whose present text is unknown; False where there was none."""
        async with self._pool.connection() as connection:
            known = await analysis_storage.known(connection, listing_ids, using.number)
            listings = await listing_storage.listings(connection, listing_ids)
        unknown = [listings[each] for each in listing_ids if each in listings.keys() - known]
        room = asyncio.Semaphore(READ_AT_ONCE)
        await asyncio.gather(*(self._analyse(using, each, state, room) for each in unknown))
        return bool(unknown)

    async def _analyse(
        self,
        using: EngineInUse,
        listing: KeptListing,
        state: VersionState,
        room: asyncio.Semaphore,
    ) -> None:
        joined = listing.listing_id in using.members
        async with room:
            analyses = await analysed(
                using.engine, listing.texts(), about=listing.listing_id, first_in_background=joined
            )
        async with self._pool.transaction() as connection:
            if await version_storage.hold(connection, using.number, state):
                await analysis_storage.store(connection, listing, analyses, using.number)


async def analysed(
    engine: Engine, texts: Sequence[ListingText], *, about: UUID, first_in_background: bool = False
) -> tuple[Analysis, ...]:
    """Each text read; nothing at all, and an error in the log, where an encoder gave no number."""

    def read() -> tuple[Analysis, ...]:
        return tuple(
            engine.analyse(text, in_background=first_in_background and part == 0)
            for part, text in enumerate(texts)
        )

    try:
        return await asyncio.to_thread(read)
    except UnusableVector:
        log.error("text_unusable", about=str(about), engine=engine.version.number)
        return ()
