"""Ways to propose: a judged set as listings of a cluster, with what its background knows before."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from judged import Judged
from numpy.typing import NDArray
from rankings import Reader, Scored, recipe_q
from relevance import Matrix, Proposals, joined_proposals, proposals

from matching.analysis_version import AnalysisVersion, fitted_version
from matching.engine import Engine
from matching.joined_background import joined_version
from matching.listing_text import ListingText
from matching.shipped_background import shipped_listings
from matching.weights import THRESHOLDS, UNJOINED_THRESHOLDS, Thresholds

SPLITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """Scores of a set, or of a half, and which requests of the whole set its rows are."""

    scored: Scored
    grades: Matrix
    requests: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    name: str
    writer: str
    tests: tuple[Tested, ...]
    thresholds: Thresholds

    def proposes(self, thresholds: Thresholds) -> Proposals:
        return joined_proposals(
            [
                proposals(test.scored.proposed(thresholds), test.grades, test.requests)
                for test in self.tests
            ]
        )

    def alarmed_alone(self, thresholds: Thresholds) -> float:
        """Share of the answerable that get a proposal once their own offers are taken away."""
        return float(
            np.mean(
                [
                    test.scored.without(request, test.grades[request] > 0)
                    .proposed(thresholds)[request]
                    .any()
                    for test in self.tests
                    for request in np.flatnonzero(test.grades.max(axis=1) > 0).tolist()
                ]
            )
        )


def ways_of(
    engine: Engine, dev: Judged, sample: Judged, missing: Judged, reader: Reader
) -> tuple[Way, ...]:
    """Joined, as a file of enough listings is ranked and a refreshed cluster matched; and not."""
    shipped = [entry.text for entry in shipped_listings()]
    of_sample = fitted_version(
        reader.read(_texts(sample)), samples=reader.read(_texts(sample)), number="sample alone"
    )
    halves = [
        ("matching-dev, halves joined to the others", _joined_halves),
        ("matching-dev, halves unknown to the others", _unknown_halves),
    ]
    known = {
        "sample": (engine.version, shipped),
        "near misses": (engine.version, shipped),
        "matching-dev": (of_sample, _texts(sample)),
    }
    sets = {"sample": sample, "near misses": missing, "matching-dev": dev}
    return (
        *(
            _whole(writer, judged, *known[writer], reader=reader, joins=joins)
            for joins in (True, False)
            for writer, judged in sets.items()
        ),
        *(_halved(name, engine, dev, reader, fit=fit) for name, fit in halves),
    )


def _whole(
    writer: str,
    judged: Judged,
    base: AnalysisVersion,
    known: Sequence[ListingText],
    *,
    reader: Reader,
    joins: bool,
) -> Way:
    """No listing of the set lies in the background that it joins, or that it leaves alone."""
    live = reader.read(_texts(judged))
    version = joined_version(reader.read(known), live, base=base, number="j") if joins else base
    scored = recipe_q(version, judged, reader, in_background=joins)
    rows = np.arange(len(judged.requests))
    return Way(
        name=f"{writer}, {'joined to' if joins else 'unknown to'} the other set",
        writer=writer,
        tests=(Tested(scored=scored, grades=judged.grades, requests=rows),),
        thresholds=THRESHOLDS if joins else UNJOINED_THRESHOLDS,
    )


Fit = Callable[[Judged, Judged], tuple[list[ListingText], bool]]


def _joined_halves(known: Judged, test: Judged) -> tuple[list[ListingText], bool]:
    return [*_texts(known), *_texts(test)], True


def _unknown_halves(known: Judged, _: Judged) -> tuple[list[ListingText], bool]:
    return _texts(known), False


def _halved(name: str, engine: Engine, judged: Judged, reader: Reader, *, fit: Fit) -> Way:
    tests = []
    for rows, known, test in halves(judged):
        texts, joins = fit(known, test)
        version = fitted_version(
            reader.read(texts), samples=engine.version.projection, number="half"
        )
        scored = recipe_q(version, test, reader, in_background=joins)
        tests.append(Tested(scored=scored, grades=test.grades, requests=rows))
    return Way(
        name=name,
        writer="matching-dev",
        tests=tuple(tests),
        thresholds=THRESHOLDS if joins else UNJOINED_THRESHOLDS,
    )


def halves(judged: Judged) -> Iterator[tuple[NDArray[np.intp], Judged, Judged]]:
    """Random halves of both sides, each once known and once tested; with the tested requests."""
    generator = np.random.default_rng(0)
    for _ in range(SPLITS):
        picked = [generator.random(size) < 1 / 2 for size in judged.grades.shape]
        sides = [[np.flatnonzero(side == half) for side in picked] for half in (True, False)]
        one, other = (judged.subset(*(side.tolist() for side in half)) for half in sides)
        yield sides[1][0], one, other
        yield sides[0][0], other, one


def _texts(judged: Judged) -> list[ListingText]:
    return [*judged.requests, *judged.offers]
