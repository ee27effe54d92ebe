"""The live listings in memory, a cache of the table `listing`: reading again changes nothing."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from chassis.database import Connection
from matching import listing_storage
from matching.analysis import Analysis
from matching.engine import Engine
from matching.index import MatrixIndex
from matching.kept_listing import KeptListing
from matching.listing_storage import Change

FROM_THE_BEGINNING = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveListing:
    listing: KeptListing
    analysis: Analysis


class LiveListings:
    """Everybody who can be met, and where reading goes on.

    It reads again from the oldest transaction that was running at its last snapshot: such a one
    may have committed since, behind others that were seen already.
    """

    def __init__(self, engine: Engine) -> None:
        self._version = engine.version.number
        self._index: MatrixIndex[UUID] = engine.new_index()
        self._live: dict[UUID, LiveListing] = {}
        self._unseen = FROM_THE_BEGINNING

    async def catch_up(self, connection: Connection) -> None:
        """Read everything that was committed before this call."""
        # Asked for before the rows: what commits in between is then read twice, never missed.
        unseen = await listing_storage.oldest_unseen(connection)
        changes = await listing_storage.changes_since(connection, self._unseen, self._version)
        await asyncio.to_thread(self._take, changes)
        self._unseen = unseen

    def find(self, listing_id: UUID) -> LiveListing | None:
        return self._live.get(listing_id)

    def candidates(self, of: LiveListing) -> tuple[LiveListing, ...]:
        """The best of the other side, before anything but their text is looked at."""
        return tuple(self._live[key] for key in self._index.candidates(of.analysis))

    def _take(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.listing is None or change.analysis is None:
                self._live.pop(change.listing_id, None)
                self._index.remove(change.listing_id)
            else:
                self._add(LiveListing(listing=change.listing, analysis=change.analysis))

    def _add(self, live: LiveListing) -> None:
        key = live.listing.listing_id
        known = self._live.get(key)
        if known is None or known.listing != live.listing:
            self._live[key] = live
            self._index.add(key, live.analysis)
