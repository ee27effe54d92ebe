"""A market to spread proposals in: organisations of all sizes, few of them popular.

Sizes are those of the flash survey (45, 26, 26, 3 of a hundred); how often an offer fits falls
with its rank (Zipf), and large organisations rank better.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from matching.spread.spread import WaitingPair
from matching.weights import THRESHOLDS
from schemas.vocabulary import SizeClass, Strength

SIZES = dict(zip(SizeClass, (0.45, 0.26, 0.26, 0.03), strict=True))
OFFERS = dict(zip(SizeClass, (1, 2, 3, 8), strict=True))
"""Offers of an organisation, on average."""

HEAD_START = dict(zip(SizeClass, (1.0, 1.5, 2.5, 8.0), strict=True))
CATEGORIES = 12
ZIPF = 0.9
ASKING_ZIPF = 0.5
"""Requests of an organisation are spread wider than what offers fit."""

PAIRS_A_REQUEST = 4.0
MOST_PAIRS = 14
OVER_THE_BAR = 1.3
"""Mean of what decided pairs reach beyond the threshold: about one of seven is strong (2.5 on)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A decided pair; ``grade`` is how well it really fits, 0 to 3."""

    waiting: WaitingPair
    offering: int
    grade: int

    @property
    def gain(self) -> int:
        return (0, 1, 3, 7)[self.grade]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    day: int
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Sizes by offering organisation; owners and categories by offer."""

    sizes: NDArray[np.str_]
    owners: NDArray[np.int64]
    categories: NDArray[np.int64]
    requests: tuple[Request, ...]


def organisation_id(offering: int) -> UUID:
    return UUID(int=3 * 10**7 + offering)


def market(*, organisations: int, requests: int, days: int, seed: int) -> Market:
    random = np.random.default_rng(seed)
    sizes = random.choice(list(SIZES), size=organisations, p=list(SIZES.values()))
    counts = [1 + random.poisson(OFFERS[SizeClass(size)] - 1) for size in sizes]
    owners = np.repeat(np.arange(organisations), counts)
    categories = random.integers(0, CATEGORIES, organisations)[owners]
    popularity = _popularity(sizes[owners], random)
    askers = 1.0 / np.arange(1, requests // 4) ** ASKING_ZIPF
    asking = random.choice(len(askers), size=requests, p=askers / askers.sum())
    drawn = _Draw(owners, categories, popularity, random)
    return Market(
        sizes=sizes,
        owners=owners,
        categories=categories,
        requests=tuple(
            Request(day=number * days // requests, pairs=tuple(drawn.pairs(number, int(asked_by))))
            for number, asked_by in enumerate(asking)
        ),
    )


def _popularity(sizes: NDArray[np.str_], random: np.random.Generator) -> NDArray[np.float64]:
    """Zipf by rank; the ranks are a race that larger organisations win more often."""
    ahead = np.array([HEAD_START[SizeClass(size)] for size in sizes])
    ranks = np.argsort(np.argsort(random.exponential(1.0, len(sizes)) / ahead))
    return (1.0 / (1.0 + ranks) ** ZIPF).astype(np.float64)


class _Draw:
    """Draws the pairs of one request after another."""

    def __init__(
        self,
        owners: NDArray[np.int64],
        categories: NDArray[np.int64],
        popularity: NDArray[np.float64],
        random: np.random.Generator,
    ) -> None:
        self._owners = owners
        self._random = random
        self._offers = [np.flatnonzero(categories == each) for each in range(CATEGORIES)]
        self._chances = [popularity[found] / popularity[found].sum() for found in self._offers]
        self._drawn = 0

    def pairs(self, request: int, asked_by: int) -> Iterator[Pair]:
        category = int(self._random.integers(CATEGORIES))
        count = min(self._random.poisson(PAIRS_A_REQUEST), MOST_PAIRS)
        offers = self._random.choice(
            self._offers[category], size=count, replace=False, p=self._chances[category]
        )
        for offer in offers.tolist():
            beyond = self._random.exponential(OVER_THE_BAR)
            grade = np.clip(round(beyond / OVER_THE_BAR + self._random.normal(0.3, 0.6)), 0, 3)
            self._drawn += 1
            yield Pair(
                waiting=self._waiting(request, asked_by, offer, category, beyond),
                offering=int(self._owners[offer]),
                grade=int(grade),
            )

    def _waiting(
        self, request: int, asked_by: int, offer: int, category: int, beyond: float
    ) -> WaitingPair:
        strong = THRESHOLDS.possible + beyond >= THRESHOLDS.strong
        return WaitingPair(
            proposal_id=UUID(int=self._drawn),
            offer_id=UUID(int=10**7 + offer),
            request_id=UUID(int=2 * 10**7 + request),
            offer_organisation_id=organisation_id(int(self._owners[offer])),
            request_organisation_id=UUID(int=4 * 10**7 + asked_by),
            category=str(category),
            strength=Strength.STRONG if strong else Strength.POSSIBLE,
            d=THRESHOLDS.possible + beyond,
            bar=THRESHOLDS.possible,
        )
