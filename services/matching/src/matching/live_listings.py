"""The live listings behind one index, a cache of stored analyses: reading again changes nothing."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid5

from chassis.database import Connection, Pool
from matching import listing_storage
from matching.analysis import Analysis
from matching.engine import Engine
from matching.index_choice import ChosenIndex
from matching.index_filling import filled_index
from matching.index_storage import StoredPart
from matching.listing_storage import Change
from matching.ranking import NO_SCORES, Scores, scores_against


class LivePart(NamedTuple):
    """A listing (part 0), or one of a request's further needs, which meets offers like a request.

    A tuple, as there are as many as listings.
    """

    listing_id: UUID
    part: int

    @property
    def key(self) -> UUID:
        return self.listing_id if self.part == 0 else uuid5(self.listing_id, str(self.part))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one part sees of the other side, before anything but texts is looked at."""

    part: LivePart
    analysis: Analysis
    others: Sequence[LivePart]
    scores: Scores


class _Known(NamedTuple):
    """What the index holds of a listing."""

    revision: int
    parts: int


class LiveListings:
    """Everybody who can be met under one version, and where reading goes on.

    It reads again from the oldest transaction that was running at its last snapshot: such a one
    may have committed since, behind others that were seen already.
    """

    def __init__(self, engine: Engine, folder: Path | None = None) -> None:
        self.version = engine.version.number
        self._engine = engine
        self._settings = engine.index_settings(folder)
        self._index = ChosenIndex(self._settings)
        self._known: dict[UUID, _Known] = {}
        self._needs: dict[UUID, LivePart] = {}
        self._unseen = listing_storage.FROM_THE_BEGINNING

    async def load(self, pool: Pool) -> None:
        """Read what is stored, page by page, before the first catching up; no transaction waits."""
        async with pool.connection() as connection:
            # Asked for before the first page: what commits while pages are read is read again.
            self._unseen = await listing_storage.oldest_unseen(connection)
        self._index = await filled_index(pool, self._settings, key_of=self._noted)

    async def catch_up(self, connection: Connection) -> None:
        """Read everything that was committed before this call."""
        # Asked for before the rows: what commits in between is then read twice, never missed.
        unseen = await listing_storage.oldest_unseen(connection)
        changes = await listing_storage.changes_since(connection, self._unseen, self.version)
        if changes:
            await asyncio.to_thread(self._take, changes)
        self._unseen = unseen

    def parts(self, listing_id: UUID) -> tuple[LivePart, ...]:
        """The listing itself first; none where it is not live or has no analysis."""
        known = self._known.get(listing_id)
        return () if known is None else _parts(listing_id, known.parts)

    def revision(self, listing_id: UUID) -> int | None:
        """The one whose text the index holds."""
        known = self._known.get(listing_id)
        return None if known is None else known.revision

    def analysis(self, part: LivePart) -> Analysis:
        analysis = self._index.find(part.key)
        if analysis is None:
            raise LookupError(part)
        return analysis

    def view(self, part: LivePart) -> View:
        """The part's candidates, scored."""
        own = self.analysis(part)
        keys = self._index.candidates(own)
        return View(
            part=part,
            analysis=own,
            others=[self._needs.get(key) or LivePart(key, 0) for key in keys],
            scores=self._scores(own, keys),
        )

    def commit(self, *, idle: bool) -> None:
        """Let the index make files of new words; outside any transaction."""
        if idle:
            self._index.commit(at_least=1)
        else:
            self._index.commit()

    def close(self) -> None:
        self._index.close()

    def _noted(self, part: StoredPart) -> UUID:
        """The key of a part that is being loaded; of two revisions the older one is noted.

        Then the newer one counts as unknown, and is read again as a whole.
        """
        known = self._known.get(part.listing_id, _Known(part.revision, 0))
        self._known[part.listing_id] = _Known(
            min(known.revision, part.revision), max(known.parts, part.part + 1)
        )
        return self._key(LivePart(part.listing_id, part.part))

    def _scores(self, own: Analysis, keys: Sequence[UUID]) -> Scores:
        if not keys:
            return NO_SCORES
        return scores_against(own, self._index.counterparts(keys), self._engine.version)

    def _take(self, changes: Iterable[Change]) -> None:
        for change in changes:
            listing, known = change.listing, self._known.get(change.listing_id)
            if listing is not None and known is not None and known.revision == listing.revision:
                continue
            self._remove(change.listing_id)
            if listing is not None:
                self._known[change.listing_id] = _Known(listing.revision, len(change.analyses))
                parts = _parts(change.listing_id, len(change.analyses))
                for part, analysis in zip(parts, change.analyses, strict=True):
                    self._index.add(self._key(part), analysis)

    def _remove(self, listing_id: UUID) -> None:
        for part in self.parts(listing_id):
            self._needs.pop(part.key, None)
            self._index.remove(part.key)
        self._known.pop(listing_id, None)

    def _key(self, part: LivePart) -> UUID:
        if part.part:
            self._needs[part.key] = part
        return part.key


def _parts(listing_id: UUID, count: int) -> tuple[LivePart, ...]:
    return tuple(LivePart(listing_id, place) for place in range(count))
