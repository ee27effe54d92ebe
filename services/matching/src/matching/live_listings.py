"""The live listings behind one index, a cache of stored analyses: reading again changes nothing."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import numpy as np
import structlog

from chassis.database import Connection, Pool
from matching import listing_storage
from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.decision import of_a_need
from matching.engine import Engine
from matching.filed_index import FiledIndex
from matching.index_filling import filled_index
from matching.listing_storage import Change
from matching.ranking import NO_SCORES, Scores, joined, scores_against
from matching.register import LivePart, Register, parts_of
from matching.term_writing import REMEDY

log = structlog.get_logger(__name__)


A_FEW = 100
"""So many of the nearest are enough to see that somebody is better."""

NEAREST, ALIKE = 400, 50
"""So many candidates by vector, and of a short text by words, tell who stands first. Of 25,000, 400
by vector hold .975 of the exact first two, as 600 do; 200 hold .91. For longer texts words add
nothing to that: of 50,000 it was .912 with them and without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one part sees of the other side, before anything but texts is looked at."""

    part: LivePart
    analysis: Analysis
    keys: Sequence[UUID]
    scores: Scores
    register: Register

    def other(self, place: int) -> LivePart:
        return self.register.part_of(self.keys[place])

    def standing(self, *, above: float) -> list[tuple[int, float]]:
        """Places with a higher Q, best first, where a further need counts less than a request."""
        q = self.scores.q.copy()
        needs = self.register.needs_among(self.keys)
        q[needs] = [of_a_need(each) for each in q[needs].tolist()]
        order = np.argsort(-q, kind="stable")
        order = order[q[order] > above]
        return list(zip(order.tolist(), q[order].tolist(), strict=True))

    def with_more(self, more: "View") -> "View":
        """The same part's view of others as well."""
        return replace(
            self, keys=(*self.keys, *more.keys), scores=joined([self.scores, more.scores])
        )


class LiveListings:
    """Everybody who can be met under one version, and where reading goes on.

    It reads again from the oldest transaction that was running at its last snapshot: such a one
    may have committed since, behind others that were seen already.
    """

    def __init__(
        self, version: AnalysisVersion, index: FiledIndex, register: Register, *, unseen: str
    ) -> None:
        self._version = version
        self.index = index
        self._register = register
        self._unseen = unseen

    @classmethod
    async def loaded(cls, pool: Pool, engine: Engine, folder: Path | None = None) -> "LiveListings":
        """Read what is stored, page by page, so that no transaction is held open for it."""
        async with pool.connection() as connection:
            # Asked for before the first page: what commits while pages are read is read again.
            unseen = await listing_storage.oldest_unseen(connection)
        register = Register()
        index = await filled_index(pool, engine.index_settings(folder), key_of=register.load)
        return cls(engine.version, index, register, unseen=unseen)

    @property
    def version(self) -> str:
        return self._version.number

    async def catch_up(self, connection: Connection) -> None:
        """Read everything that was committed before this call."""
        changes, unseen = await listing_storage.changes_since(
            connection, self._unseen, self.version
        )
        if changes:
            await asyncio.to_thread(self._take, changes)
        self._unseen = unseen

    def parts(self, listing_id: UUID) -> tuple[LivePart, ...]:
        """The listing itself first; none where it is not live or has no analysis."""
        return self._register.parts(listing_id)

    def revision(self, listing_id: UUID) -> int | None:
        """The one whose text the index holds."""
        return self._register.revision(listing_id)

    def analysis(self, part: LivePart) -> Analysis:
        analysis = self.index.find(part.key)
        if analysis is None:
            raise LookupError(part)
        return analysis

    def view(self, part: LivePart) -> View:
        """The part's candidates, scored."""
        own = self.analysis(part)
        return self._view(part, own, self.index.candidates(own))

    def glances(self, part: LivePart) -> Iterator[View]:
        """The nearest few, then with them as many as tell who stands first; each scored once."""
        own = self.analysis(part)
        near = self.index.candidates(own, by_vector=NEAREST, by_words=0)
        view = self._view(part, own, near[:A_FEW])
        yield view
        by_words = ALIKE if own.is_short else 0
        alike = self.index.candidates(own, by_vector=0, by_words=by_words)
        further = dict.fromkeys([*near, *alike])
        yield view.with_more(self._view(part, own, [*further][len(view.keys) :]))

    def nearest(self, own: Analysis, *, count: int) -> list[UUID]:
        """The best listings of the other side for a text that is none of these, best first.

        Unlike all else here it may be asked while another thread writes.
        """
        with self.index.standing_still():
            keys = self.index.candidates(own)
            places = self._scores(own, keys).best(count)
            return [self._register.part_of(keys[place]).listing_id for place in places]

    def commit(self, *, idle: bool) -> None:
        """Let the index make files of new words; outside any transaction."""
        if idle:
            self.index.commit(at_least=1)
        else:
            self.index.commit()

    def close(self) -> None:
        self.index.close()

    def _view(self, part: LivePart, own: Analysis, keys: Sequence[UUID]) -> View:
        return View(
            part=part,
            analysis=own,
            keys=keys,
            scores=self._scores(own, keys),
            register=self._register,
        )

    def _scores(self, own: Analysis, keys: Sequence[UUID]) -> Scores:
        if not keys:
            return NO_SCORES
        return scores_against(own, self.index.counterparts(keys), self._version)

    def _take(self, changes: Iterable[Change]) -> None:
        """All that the disk has room for; raises afterwards, so that the rest is read again."""
        refused: OSError | None = None
        for change in changes:
            try:
                self._take_one(change)
            except OSError as error:
                refused = error
        if refused is not None:
            log.error("index_full", error=str(refused), remedy=REMEDY, meanwhile="matching waits")
            raise refused

    def _take_one(self, change: Change) -> None:
        listing = change.listing
        if listing is None or self.revision(change.listing_id) != listing.revision:
            for part in self._register.leave(change.listing_id):
                self.index.remove(part.key)
        if listing is not None and not self.parts(change.listing_id):
            # Registered only when it is in the index: what is registered is not read again.
            parts = parts_of(change.listing_id, len(change.analyses))
            keys = [part.key for part in parts]
            self.index.add_many(list(zip(keys, change.analyses, strict=True)))
            self._register.enter(change, listing.revision)
