"""One listing meets the other side: which pairs are proposed, with their strength and reasons.

Texts are scored first; rows are read only of those that scores let meet. Who may be proposed is
locked until the transaction ends: a listing that closes meanwhile closes after it, and withdraws
what it finds.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from uuid import UUID

from chassis.database import Connection
from matching import listing_storage
from matching.analysis import Analysis
from matching.contender import Contender
from matching.decision import LOOKED_AT, Places, better_than, decided
from matching.engine import Engine, Pair
from matching.features import features_of
from matching.hindrance import hindrance
from matching.kept_listing import KeptListing, circumstances_of
from matching.live_listings import LiveListings, View
from matching.met import Met, is_better, need_of
from matching.proposal import in_roles
from matching.ranking import Score
from matching.register import LivePart
from matching.wording import Roots
from schemas.vocabulary import ListingKind, Strength

ROWS_AT_ONCE = 8
"""So many of the best are read to find the first two who may be met: mostly once is enough."""

DECIDED_AT_ONCE = 12
"""So many of the best by Q are locked and decided together: those beyond may not be needed."""

Rows = Mapping[UUID, KeptListing]


class Meeting:
    """Meetings of one moment, inside a transaction that has caught up with all listings."""

    def __init__(
        self, connection: Connection, engine: Engine, live: LiveListings, *, now: datetime
    ) -> None:
        self._connection = connection
        self._engine = engine
        self._live = live
        self._now = now

    async def of(
        self, listing_id: UUID, *, at_most: int, but_not: Collection[UUID] = ()
    ) -> tuple[Met, ...]:
        """The best by Q, each once, by the part that fits it best; where all came, more may."""
        sides = [await self._contenders(part) for part in self._live.parts(listing_id)]
        wanted = (
            contender
            for contender in merge(*sides, key=lambda each: -each.score.q)
            if contender.other.listing_id not in but_not
        )
        best: dict[UUID, Met] = {}
        while len(best) < at_most and (some := list(islice(wanted, DECIDED_AT_ONCE))):
            for met in await self._decided(listing_id, some, at_most=at_most - len(best)):
                other = met.counterpart.listing_id
                if is_better(met, best.get(other)):
                    best[other] = met
        return tuple(best.values())

    async def _decided(
        self, listing_id: UUID, contenders: Sequence[Contender], *, at_most: int
    ) -> list[Met]:
        """Those that may be proposed, as their locked rows stand; each part by itself."""
        others = {contender.other.listing_id for contender in contenders}
        rows = await self._rows([listing_id, *others], locked=True)
        admitted = [
            (contender, strength)
            for contender in contenders
            if self._are_free(contender.view.part, contender.other, rows)
            and (strength := await self._strength(contender))
        ]
        return await asyncio.to_thread(self._met, admitted, rows, at_most=at_most)

    async def _contenders(self, part: LivePart) -> Iterator[Contender]:
        """All strong ones, and such possible ones as are among the first to be looked at."""
        view = await asyncio.to_thread(self._live.view, part)
        least = view.scores.least_possible(self._engine.thresholds)
        return self._hopeful(view, await self._first(view, above=least))

    def _hopeful(self, view: View, first: Sequence[float]) -> Iterator[Contender]:
        """Best first; made one by one, as in a crowd hundreds have a strength."""
        for place in view.scores.reaching(self._engine.thresholds):
            score = view.scores.score(place)
            better = better_than(score, first)
            if better < LOOKED_AT or self._is_strong(score):
                yield Contender(view=view, other=view.other(place), score=score, better=better)

    def _is_strong(self, score: Score) -> bool:
        return score.strength(self._engine.thresholds) is Strength.STRONG

    async def _first(self, view: View, *, above: float) -> tuple[float, ...]:
        """Q of the best above whom their fields let this part meet, as many as a side looks at."""
        found: list[float] = []
        order = view.standing(above=above)
        for start in range(0, len(order), ROWS_AT_ONCE):
            some = order[start : start + ROWS_AT_ONCE]
            others = [view.other(place) for place, _ in some]
            rows = await self._rows([view.part.listing_id, *(each.listing_id for each in others)])
            found += [
                q
                for (_, q), other in zip(some, others, strict=True)
                if self._are_free(view.part, other, rows)
            ]
            if len(found) >= LOOKED_AT:
                break
        return tuple(found[:LOOKED_AT])

    async def _strength(self, contender: Contender) -> Strength | None:
        """What the other side would look at is asked for only where it can change the decision.

        Who looks at more finds more that are better: a refusal at the first glance is one.
        """
        strength, glances = self._decision(contender), self._live.glances(contender.other)
        while strength is Strength.POSSIBLE:
            view = await asyncio.to_thread(next, glances, None)
            if view is None:
                break
            first = await self._first(view, above=contender.score.q)
            strength = self._decision(contender, better_there=len(first))
        return strength

    def _decision(self, contender: Contender, *, better_there: int = 0) -> Strength | None:
        places = Places(better_here=contender.better, better_there=better_there)
        return decided(contender.score, places, self._engine.thresholds)

    def _are_free(
        self, part: LivePart, other: LivePart, rows: Rows, *, roots: Roots | None = None
    ) -> bool:
        """Whether their fields, and with `roots` the request's clauses, let them meet."""
        if part.listing_id not in rows or other.listing_id not in rows:
            return False
        own, counterpart = rows[part.listing_id], rows[other.listing_id]
        request, offer = in_roles(own, counterpart)
        need = need_of(own, part) or need_of(counterpart, other)
        return hindrance(request, offer, now=self._now, need=need, roots=roots) is None

    def _met(
        self, admitted: Sequence[tuple[Contender, Strength]], rows: Rows, *, at_most: int
    ) -> list[Met]:
        met: list[Met] = []
        for contender, strength in admitted:
            if len({each.counterpart.listing_id for each in met}) == at_most:
                break
            part, other = contender.view.part, contender.other
            if self._are_free(part, other, rows, roots=self._engine.lexicon.roots):
                met.append(self._meets(contender, strength, rows))
        return met

    def _meets(self, contender: Contender, strength: Strength, rows: Rows) -> Met:
        part, other = contender.view.part, contender.other
        own, counterpart = rows[part.listing_id], rows[other.listing_id]
        return Met(
            own=own,
            counterpart=counterpart,
            pair=self._pair(contender, strength, own=own, counterpart=counterpart),
            features=features_of(
                *self._analyses(contender), self._engine.version, self._engine.thresholds
            ),
            need=need_of(own, part) or need_of(counterpart, other),
        )

    def _pair(
        self,
        contender: Contender,
        strength: Strength,
        *,
        own: KeptListing,
        counterpart: KeptListing,
    ) -> Pair:
        known = circumstances_of(*in_roles(own, counterpart))
        why = self._engine.reasons(*self._analyses(contender), known)
        return Pair(score=contender.score, strength=strength, reasons=why)

    def _analyses(self, contender: Contender) -> tuple[Analysis, Analysis]:
        """The request's first."""
        one, other = contender.view.analysis, self._live.analysis(contender.other)
        return (one, other) if one.kind is ListingKind.REQUEST else (other, one)

    async def _rows(self, listing_ids: Sequence[UUID], *, locked: bool = False) -> Rows:
        """As they stand now; one whose text moved on is left out, it meets by itself soon."""
        rows = await listing_storage.listings(self._connection, listing_ids, locked=locked)
        return {
            row.listing_id: row
            for row in rows.values()
            if row.revision == self._live.revision(row.listing_id)
        }
