"""The live listings in memory, a cache of the stored analyses: reading again changes nothing."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from chassis.database import Connection
from matching import listing_storage
from matching.analysis import Analysis
from matching.engine import Engine
from matching.index import MatrixIndex
from matching.kept_listing import KeptListing
from matching.listing_storage import Change

FROM_THE_BEGINNING = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePart:
    """A listing, or one of a request's further needs, which meets offers like a request."""

    listing: KeptListing
    analysis: Analysis
    need: str | None = None


class LiveListings:
    """Everybody who can be met under one version, and where reading goes on.

    It reads again from the oldest transaction that was running at its last snapshot: such a one
    may have committed since, behind others that were seen already.
    """

    def __init__(self, engine: Engine) -> None:
        self.version = engine.version.number
        self._index: MatrixIndex[UUID] = engine.new_index()
        self._parts: dict[UUID, LivePart] = {}
        self._keys: dict[UUID, tuple[UUID, ...]] = {}
        self._unseen = FROM_THE_BEGINNING

    async def catch_up(self, connection: Connection) -> None:
        """Read everything that was committed before this call."""
        # Asked for before the rows: what commits in between is then read twice, never missed.
        unseen = await listing_storage.oldest_unseen(connection)
        changes = await listing_storage.changes_since(connection, self._unseen, self.version)
        await asyncio.to_thread(self._take, changes)
        self._unseen = unseen

    def parts(self, listing_id: UUID) -> tuple[LivePart, ...]:
        """The listing itself first; none where it is not live or has no analysis."""
        return tuple(self._parts[key] for key in self._keys.get(listing_id, ()))

    def around(self, listing_id: UUID) -> tuple[UUID, ...]:
        """The listing and everybody it may meet."""
        found = [each for part in self.parts(listing_id) for each in self.candidates(part)]
        return tuple(dict.fromkeys([listing_id, *(each.listing.listing_id for each in found)]))

    def candidates(self, of: LivePart) -> tuple[LivePart, ...]:
        """The best of the other side, before anything but their text is looked at."""
        return tuple(self._parts[key] for key in self._index.candidates(of.analysis))

    def _take(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.listing is None:
                self._remove(change.listing_id)
            elif not self._knows(change.listing):
                self._remove(change.listing_id)
                self._add(change.listing, change.analyses)

    def _knows(self, listing: KeptListing) -> bool:
        keys = self._keys.get(listing.listing_id)
        return keys is not None and self._parts[keys[0]].listing == listing

    def _add(self, listing: KeptListing, analyses: tuple[Analysis, ...]) -> None:
        needs = (None, *listing.content.needs)
        keys = [_key(listing.listing_id, place) for place in range(len(analyses))]
        for key, need, analysis in zip(keys, needs, analyses, strict=False):
            self._parts[key] = LivePart(listing=listing, analysis=analysis, need=need)
            self._index.add(key, analysis)
        self._keys[listing.listing_id] = tuple(keys)

    def _remove(self, listing_id: UUID) -> None:
        for key in self._keys.pop(listing_id, ()):
            del self._parts[key]
            self._index.remove(key)


def _key(listing_id: UUID, part: int) -> UUID:
    return listing_id if part == 0 else uuid5(listing_id, str(part))
