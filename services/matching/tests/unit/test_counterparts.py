from dataclasses import replace

import numpy as np
import pytest
from matching_builders import THEMES, a_reading, a_request, an_offer

from matching import counterparts, signals
from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.counterparts import counterparts_of
from matching.ranking import DifferentVersions, scores_against


def many(version: AnalysisVersion) -> tuple[list[Analysis], list[Analysis]]:
    """Long and short texts of both sides, some of the background, some of another category."""
    offers = [
        an_offer(f"{theme} {'ab lager sofort lieferbar hier ' * (place % 2)}", category=category)
        for place, theme in enumerate(THEMES)
        for category in ("laboratory", "diagnostics", "")
    ]
    requests = [
        a_request(f"{theme} {'dringend gesucht für unser labor ' * (place % 2)}")
        for place, theme in enumerate(THEMES)
    ]
    return [version.analysed(a_reading(each)) for each in offers], [
        version.analysed(a_reading(each), in_background=place % 3 == 0)
        for place, each in enumerate(requests)
    ]


@pytest.mark.parametrize("asked", [True, False])
def test_bytes_say_what_numbers_say(version: AnalysisVersion, *, asked: bool) -> None:
    offers, requests = many(version)
    own, others = (requests, offers) if asked else (offers, requests)
    stack, arrays = signals.stack_of(others), counterparts.counterparts_of(others)

    for one in own:
        tokens = counterparts.interaction(one, arrays)
        sentences = counterparts.sentences(one, arrays)

        assert np.allclose(tokens, signals.interaction(one, stack), atol=1e-5)
        assert np.allclose(sentences, signals.sentences(one, stack), atol=1e-5)


def test_the_best_come_first(version: AnalysisVersion) -> None:
    offers, requests = many(version)

    found = scores_against(requests[0], counterparts_of(offers), version)

    assert found.best(2) == sorted(range(len(offers)), key=lambda place: -found.q[place])[:2]


def test_versions_do_not_mix(version: AnalysisVersion) -> None:
    offers, requests = many(version)

    with pytest.raises(DifferentVersions):
        scores_against(replace(requests[0], version="other"), counterparts_of(offers), version)
