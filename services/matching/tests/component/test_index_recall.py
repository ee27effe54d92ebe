"""A side of which a search looks at a part: its best ten against the exact ones."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from crowd_builders import VARIANTS, a_crowd, keyed

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.counterparts import Counterparts, counterparts_of
from matching.engine import Engine
from matching.filed_index import FiledIndex
from matching.ranking import scores_against
from matching.shipped_background import shipped_listings
from schemas.vocabulary import ListingKind

OFFERS = 25_000
LOOKED_AT = 4_000
ASKED = 40
BEST = 10
BLOCK = 2_500


def exact_best(one: Analysis, blocks: list[Counterparts], version: AnalysisVersion) -> set[UUID]:
    q = np.concatenate([scores_against(one, block, version).q for block in blocks])
    return {UUID(int=place + 1) for place in np.argsort(-q, kind="stable")[:BEST].tolist()}


def found_best(one: Analysis, index: FiledIndex, version: AnalysisVersion) -> set[UUID]:
    keys = index.candidates(one)
    scored = scores_against(one, index.counterparts(keys), version)
    return {keys[place] for place in scored.best(BEST)}


@pytest.mark.model
@pytest.mark.timeout(600)
def test_a_search_in_cells_finds_nineteen_of_twenty(engine: Engine, tmp_path: Path) -> None:
    version = engine.version
    readings = [engine.read(listing.text) for listing in shipped_listings()]
    offers = a_crowd(version, readings, ListingKind.OFFER, OFFERS)
    requests = a_crowd(version, readings, ListingKind.REQUEST, ASKED * VARIANTS)[::VARIANTS]
    index = replace(engine.index_settings(tmp_path), looked_at=LOOKED_AT).opened()
    index.add_many(keyed(offers))
    index.commit(at_least=1)
    blocks = [counterparts_of(offers[at : at + BLOCK]) for at in range(0, OFFERS, BLOCK)]

    shares = [
        len(exact_best(one, blocks, version) & found_best(one, index, version)) / BEST
        for one in requests
    ]

    index.close()
    assert np.mean(shares) >= 0.95
