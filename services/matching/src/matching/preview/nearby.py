"""Whom a draft is compared with: the best of all listings, by the index where it is filled.

Without it, at a start or in a process without the worker, only the newest are looked at. The rows
decide who may be shown, whatever the index still holds.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Pool
from matching.analysis import Analysis
from matching.coarse import CoarseText, nearest
from matching.engine import Engine
from matching.membership import belongs
from matching.preview import storage
from matching.shared_index import SharedIndex
from schemas.member import MemberState
from schemas.vocabulary import ListingKind

NEAREST = 100
FROM_INDEX = 300
"""Three times as many: some are one's own, hidden, or closed since the index read them."""

NEWEST = 20_000
"""A bound on what one preview may read where there is no index."""


def other_side(parts: Sequence[Analysis]) -> ListingKind:
    asked = parts[0].kind is ListingKind.REQUEST
    return ListingKind.OFFER if asked else ListingKind.REQUEST


class Nearby:
    """``newest`` bounds what is read without an index."""

    def __init__(self, index: SharedIndex, pool: Pool, *, newest: int = NEWEST) -> None:
        self._index = index
        self._pool = pool
        self._newest = newest

    async def of(
        self, engine: Engine, parts: Sequence[Analysis], *, reader: MemberState, now: datetime
    ) -> list[UUID]:
        """What the reader may see of the other side and of others, the best of each part first."""
        found = await asyncio.to_thread(self._index.nearest, parts, count=FROM_INDEX)
        if found is None:
            return await self._among_newest(engine, parts, reader=reader, now=now)
        async with self._pool.connection() as connection:
            shown = await storage.open_among(
                connection,
                list({each for of_part in found for each in of_part}),
                other_side(parts),
                version=engine.version.number,
                own=reader.organisation_ids,
                sees_cluster=belongs(reader),
                now=now,
            )
        of_parts = ([each for each in of_part if each in shown] for of_part in found)
        return list(dict.fromkeys(each for of_part in of_parts for each in of_part[:NEAREST]))

    async def _among_newest(
        self, engine: Engine, parts: Sequence[Analysis], *, reader: MemberState, now: datetime
    ) -> list[UUID]:
        async with self._pool.connection() as connection:
            newest = await storage.newest_counterparts(
                connection,
                other_side(parts),
                version=engine.version.number,
                own=reader.organisation_ids,
                sees_cluster=belongs(reader),
                now=now,
                looked_at=self._newest,
            )
        return await asyncio.to_thread(_nearest, engine, parts, newest)


def _nearest(engine: Engine, parts: Sequence[Analysis], texts: Sequence[CoarseText]) -> list[UUID]:
    typical = engine.version.typical[2]
    found = [
        each
        for part in parts
        for each in nearest(part, texts, typical_deviation=typical, count=NEAREST)
    ]
    return list(dict.fromkeys(found))
