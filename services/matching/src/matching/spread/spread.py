"""Which waiting pairs have their turn: strong before possible, best first, where there is room.

Pure: the rules and what stands already are arguments.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log2
from uuid import UUID

from matching.spread.rules import SpreadRules
from schemas.vocabulary import Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPair:
    """``bar`` is the D from which it counts as possible; ``category`` is the offer's."""

    proposal_id: UUID
    offer_id: UUID
    request_id: UUID
    offer_organisation_id: UUID
    request_organisation_id: UUID
    category: str
    strength: Strength
    d: float
    bar: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What has been proposed and takes up room.

    ``unanswered`` counts an organisation's proposals of the week that it has not answered,
    ``enquiring`` a listing's open proposals of the wave, ``before`` a request's open proposals
    by offering organisation, ``strong_before`` the strong ones of these, ``shown`` how often an
    organisation's offers were proposed in the window, ``usual`` the median of that among the
    organisations of a category.
    """

    unanswered: Mapping[UUID, int] = field(default_factory=dict)
    enquiring: Mapping[UUID, int] = field(default_factory=dict)
    before: Mapping[tuple[UUID, UUID], int] = field(default_factory=dict)
    strong_before: Mapping[tuple[UUID, UUID], int] = field(default_factory=dict)
    shown: Mapping[UUID, int] = field(default_factory=dict)
    usual: Mapping[str, float] = field(default_factory=dict)


def exposure_penalty(shown: int, usual: float, rules: SpreadRules) -> float:
    """What a possible pair of a much shown organisation must reach beyond the bar.

    Attention grows with every proposal while what one more is worth to the organisation falls,
    so exposure is judged by its ratio to the usual one (equity of attention: Biega, Gummadi,
    Weikum, SIGIR 2018), a step for every doubling. The cap keeps it below the distance from
    possible to strong: merit decides before exposure does.
    """
    free = max(usual, rules.exposure_free)
    if shown <= free:
        return 0.0
    return min(rules.exposure_most, rules.exposure_step * log2(shown / free))


def chosen(
    waiting: Iterable[WaitingPair], standing: Standing, rules: SpreadRules
) -> tuple[WaitingPair, ...]:
    """Those to propose now; each takes its room before the next is looked at."""
    room = _Room(standing, rules)
    return tuple(pair for pair in sorted(waiting, key=_best_first) if room.taken_by(pair))


def _best_first(pair: WaitingPair) -> tuple[bool, float, UUID]:
    return (pair.strength is not Strength.STRONG, -pair.d, pair.proposal_id)


def _of_one(pair: WaitingPair) -> tuple[UUID, UUID]:
    return (pair.request_id, pair.offer_organisation_id)


class _Room:
    """The room that is left, counted down while pairs take it."""

    def __init__(self, standing: Standing, rules: SpreadRules) -> None:
        self._rules = rules
        self._unanswered = Counter(standing.unanswered)
        self._enquiring = Counter(standing.enquiring)
        self._before = Counter(standing.before)
        self._strong_before = Counter(standing.strong_before)
        self._shown = Counter(standing.shown)
        self._usual = standing.usual

    def taken_by(self, pair: WaitingPair) -> bool:
        rules = (self._is_of_few, self._has_attention, self._is_in_wave, self._clears_bar)
        if not all(allows(pair) for allows in rules):
            return False
        self._unanswered.update((pair.offer_organisation_id, pair.request_organisation_id))
        self._enquiring.update((pair.offer_id, pair.request_id))
        self._before.update([_of_one(pair)])
        if pair.strength is Strength.STRONG:
            self._strong_before.update([_of_one(pair)])
        self._shown.update([pair.offer_organisation_id])
        return True

    def _is_of_few(self, pair: WaitingPair) -> bool:
        """A strong pair waits for no possible one: unanswered, that might stand for good."""
        strong = pair.strength is Strength.STRONG
        stand = self._strong_before if strong else self._before
        return stand[_of_one(pair)] < self._rules.offers_of_one_organisation

    def _has_attention(self, pair: WaitingPair) -> bool:
        both = (pair.offer_organisation_id, pair.request_organisation_id)
        return all(self._unanswered[each] < self._rules.weekly_proposals for each in both)

    def _is_in_wave(self, pair: WaitingPair) -> bool:
        both = (pair.offer_id, pair.request_id)
        return all(self._enquiring[each] < self._rules.wave for each in both)

    def _clears_bar(self, pair: WaitingPair) -> bool:
        if pair.strength is Strength.STRONG:
            return True
        penalty = exposure_penalty(
            self._shown[pair.offer_organisation_id],
            self._usual.get(pair.category, 0.0),
            self._rules,
        )
        return pair.d >= pair.bar + penalty
