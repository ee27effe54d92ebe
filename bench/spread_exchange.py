"""One run through the market: what is proposed on which day, and who gets round to reading it.

The rules are those of the service. Members read the best three of a listing's proposals that
come on one day, and ten in a week; what is over that goes unread, whoever was proposed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

import numpy as np
from spread_market import Market, Pair, organisation_id

from matching.spread.rules import SpreadRules
from matching.spread.spread import Standing, chosen
from schemas.vocabulary import Strength

DAYS = 180
REQUEST_LIVES = 90
READ_A_DAY = 3
READ_A_WEEK = 10
ANSWERED = 0.5
ANSWER_DAYS = 2
NEVER = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """``read_by`` are the sides that looked at it; ``answered_on`` holds for both, or is never."""

    pair: Pair
    day: int
    waited: int
    read: bool
    answered_on: int

    def declined(self, day: int) -> bool:
        return self.pair.grade == 0 and self.answered_on <= day


@dataclass
class Exchange:
    """One run through the market, with the rules or, without them, all at once."""

    market: Market
    rules: SpreadRules | None
    seed: int
    proposed: list[Proposed] = field(default_factory=list)
    waiting: dict[UUID, tuple[int, Pair]] = field(default_factory=dict)

    def run(self) -> None:
        self._random = np.random.default_rng(self.seed)
        self._reads: defaultdict[UUID, list[int]] = defaultdict(list)
        self._before: Counter[tuple[UUID, UUID]] = Counter()
        self._strong_before: Counter[tuple[UUID, UUID]] = Counter()
        self._declining: defaultdict[int, list[Pair]] = defaultdict(list)
        self._offering = _offering(self.market)
        arriving = defaultdict(list)
        for request in self.market.requests:
            arriving[request.day].append(request)
        for day in range(DAYS):
            for request in arriving[day]:
                self.waiting |= {each.waiting.proposal_id: (day, each) for each in request.pairs}
            self._propose(day)

    def _propose(self, day: int) -> None:
        self.waiting = {
            key: (since, pair)
            for key, (since, pair) in self.waiting.items()
            if day - since < REQUEST_LIVES
        }
        found = [self.waiting.pop(key) for key in self._turns(day)]
        best_first = sorted(found, key=lambda one: -one[1].waiting.d)
        of_listing: Counter[UUID] = Counter()
        for since, pair in best_first:
            self._tell(pair, day, waited=day - since, of_listing=of_listing)

    def _turns(self, day: int) -> Sequence[UUID]:
        if self.rules is None:
            return list(self.waiting)
        pairs = [pair.waiting for _, pair in self.waiting.values()]
        return [each.proposal_id for each in chosen(pairs, self._standing(day), self.rules)]

    def _tell(self, pair: Pair, day: int, *, waited: int, of_listing: Counter[UUID]) -> None:
        sides = (
            (pair.waiting.offer_id, pair.waiting.offer_organisation_id),
            (pair.waiting.request_id, pair.waiting.request_organisation_id),
        )
        looked = [self._reads_it(*side, day, of_listing) for side in sides]
        read = all(looked)
        answers = read and self._random.random() < ANSWERED
        answered_on = day + ANSWER_DAYS if answers else NEVER
        self.proposed.append(
            Proposed(pair=pair, day=day, waited=waited, read=read, answered_on=answered_on)
        )
        self._stands(pair, by=1)
        if answers and pair.grade == 0:
            self._declining[answered_on].append(pair)

    def _stands(self, pair: Pair, *, by: int) -> None:
        self._before[_before(pair)] += by
        if pair.waiting.strength is Strength.STRONG:
            self._strong_before[_before(pair)] += by

    def _reads_it(
        self, listing: UUID, organisation: UUID, day: int, of_listing: Counter[UUID]
    ) -> bool:
        week = [each for each in self._reads[organisation] if each > day - 7]
        self._reads[organisation] = week
        of_listing[listing] += 1
        if of_listing[listing] > READ_A_DAY or len(week) >= READ_A_WEEK:
            return False
        week.append(day)
        return True

    def _standing(self, day: int) -> Standing:
        rules = self.rules or SpreadRules()
        counts: dict[str, Counter[UUID]] = defaultdict(Counter)
        for each in self._since(day - rules.exposure_days):
            pair = each.pair.waiting
            both = (pair.offer_organisation_id, pair.request_organisation_id)
            counts["shown"][both[0]] += 1
            if each.day > day - 7 and each.answered_on > day:
                counts["unanswered"].update(both)
            if each.day > day - rules.wave_days and not each.declined(day):
                counts["enquiring"].update((pair.offer_id, pair.request_id))
        for declined in self._declining.pop(day, ()):
            self._stands(declined, by=-1)
        return Standing(
            shown=counts["shown"],
            unanswered=counts["unanswered"],
            enquiring=counts["enquiring"],
            before=self._before,
            strong_before=self._strong_before,
            usual=self._usual(counts["shown"]),
        )

    def _since(self, day: float) -> Iterable[Proposed]:
        for each in reversed(self.proposed):
            if each.day <= day:
                return
            yield each

    def _usual(self, shown: Counter[UUID]) -> dict[str, float]:
        return {
            category: median(shown[each] for each in organisations)
            for category, organisations in self._offering.items()
        }


def _before(pair: Pair) -> tuple[UUID, UUID]:
    return pair.waiting.request_id, pair.waiting.offer_organisation_id


def _offering(market_: Market) -> dict[str, set[UUID]]:
    """Who offers something in each category."""
    found: defaultdict[str, set[UUID]] = defaultdict(set)
    for owner, category in zip(market_.owners.tolist(), market_.categories.tolist(), strict=True):
        found[str(category)].add(organisation_id(owner))
    return found
