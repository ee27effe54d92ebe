"""What the other side of a pair looks at: a few first, then all that it needs, nobody twice."""

from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest
from matching_builders import THEMES, WordEncoder, a_reading, a_request, an_offer, unsplit

from matching.analysis_version import AnalysisVersion
from matching.engine import Engine
from matching.index_storage import StoredPart
from matching.lexicon import Lexicon
from matching.live_listings import A_FEW, NEAREST, LiveListings
from matching.ranking import scores_against
from matching.register import LivePart, Register
from matching.weights import THRESHOLDS

OFFERS = NEAREST + 100


REQUEST = LivePart(uuid4(), 0)


@pytest.fixture(scope="module")
def live(version: AnalysisVersion, tmp_path_factory: pytest.TempPathFactory) -> LiveListings:
    """One request among more offers than anybody looks at."""
    engine = Engine(encoder=WordEncoder(), lexicon=Lexicon(unsplit), version=version)
    register, index = Register(), engine.index_settings(tmp_path_factory.mktemp("index")).opened()
    texts = [a_request(f"{THEMES[0]} gesucht")]
    texts += [
        an_offer(f"{THEMES[place % len(THEMES)]} ware{place}", f"los{place % 7}")
        for place in range(OFFERS)
    ]
    parts = [
        StoredPart(
            listing_id=uuid4() if place else REQUEST.listing_id,
            part=0,
            revision=1,
            analysis=version.analysed(a_reading(text)),
        )
        for place, text in enumerate(texts)
    ]
    index.add_many([(register.load(part), part.analysis) for part in parts])
    return LiveListings(version, index, register, unseen="0")


def test_the_second_glance_goes_on_where_the_first_ended(
    live: LiveListings, version: AnalysisVersion
) -> None:
    few, all_of_them = live.glances(REQUEST)

    assert len(few.keys) == A_FEW
    assert tuple(all_of_them.keys[:A_FEW]) == tuple(few.keys)
    assert NEAREST <= len(all_of_them.keys) == len(set(all_of_them.keys))
    anew = scores_against(
        live.analysis(REQUEST), live.index.counterparts(all_of_them.keys), version
    )
    np.testing.assert_allclose(all_of_them.scores.q, anew.q)
    np.testing.assert_allclose(all_of_them.scores.d, anew.d)


def test_only_those_above_stand_before_a_score(live: LiveListings) -> None:
    view = live.view(REQUEST)
    q = np.sort(view.scores.q)[::-1]

    above = view.standing(above=float(q[3]))

    assert [value for _, value in above] == q[q > q[3]].tolist()


def test_the_least_possible_is_no_strong_one(live: LiveListings) -> None:
    scores = live.view(REQUEST).scores
    d = np.sort(scores.d)
    thresholds = replace(THRESHOLDS, possible=float(d[-20]), strong=float(d[-10]))

    least = scores.least_possible(thresholds)

    possible = (scores.d >= d[-20]) & (scores.d < d[-10]) & ~scores.across
    assert least == scores.q[possible].min()
    assert scores.least_possible(replace(thresholds, possible=1e9, strong=1e9)) == np.inf
