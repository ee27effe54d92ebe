"""The two indexes on the same data: the large one's best ten against the exact ones."""

from pathlib import Path
from uuid import UUID

import numpy as np
from crowd_builders import a_crowd, a_shipped_version, keyed

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.array_ranking import scores_against
from matching.counterparts import counterparts_of
from matching.large_index import LargeIndex
from schemas.vocabulary import ListingKind

OFFERS = 25_000
ASKED = 40
BEST = 10


def exact_best(one: Analysis, many: list[Analysis], version: AnalysisVersion) -> set[UUID]:
    blocks = (many[start : start + 2500] for start in range(0, len(many), 2500))
    q = np.concatenate([scores_against(one, counterparts_of(part), version).q for part in blocks])
    return {UUID(int=place + 1) for place in np.argsort(-q, kind="stable")[:BEST].tolist()}


def found_best(one: Analysis, index: LargeIndex, version: AnalysisVersion) -> set[UUID]:
    keys = index.candidates(one)
    scored = scores_against(one, index.counterparts(keys), version)
    return {keys[place] for place in scored.best(BEST)}


def test_the_large_index_finds_nineteen_of_twenty(tmp_path: Path) -> None:
    version, originals = a_shipped_version()
    offers = a_crowd(originals, ListingKind.OFFER, OFFERS)
    requests = a_crowd(originals, ListingKind.REQUEST, ASKED, seed=1)
    index = LargeIndex(
        folder=tmp_path, typical_deviation=version.typical[2], version=version.number
    )
    index.add_many(keyed(offers), threads=2)
    index.commit()

    shares = [
        len(exact_best(one, offers, version) & found_best(one, index, version)) / BEST
        for one in requests
    ]

    index.close()
    assert np.mean(shares) >= 0.95
