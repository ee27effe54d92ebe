"""Encodes listings outside any transaction and stores what it read; a known text is left alone."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from chassis.database import Pool
from matching import analysis_storage, listing_storage, version_storage
from matching.analysis import Analysis
from matching.encoder import UnusableVector
from matching.kept_listing import KeptListing
from matching.version_source import EngineInUse
from matching.version_storage import VersionState

log = structlog.get_logger(__name__)


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
        for listing in unknown:
            await self._analyse(using, listing, state)
        return bool(unknown)

    async def _analyse(self, using: EngineInUse, listing: KeptListing, state: VersionState) -> None:
        analyses = await asyncio.to_thread(_analyses, using, listing)
        if not analyses:
            log.error("listing_unusable", listing=str(listing.listing_id), engine=using.number)
        async with self._pool.transaction() as connection:
            if await version_storage.hold(connection, using.number, state):
                await analysis_storage.store(connection, listing, analyses, using.number)


def _analyses(using: EngineInUse, listing: KeptListing) -> tuple[Analysis, ...]:
    """One for each part; none where an encoder gave no number."""
    joined = listing.listing_id in using.members
    try:
        return tuple(
            using.engine.analyse(text, in_background=joined and part == 0)
            for part, text in enumerate(listing.texts())
        )
    except UnusableVector:
        return ()
