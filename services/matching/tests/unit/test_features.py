"""What is kept of a score gives the score back, and another one under other weights."""

from dataclasses import replace

import pytest
from matching_builders import THEMES, a_reading, a_request, a_version, an_offer

from matching.features import features_of
from matching.ranking import scores
from matching.weights import THRESHOLDS, WEIGHTS

VERSION = a_version()


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(("text", "category"), [(THEMES[0], "laboratory"), ("masken", "nursing")])
def test_the_parts_make_the_whole(text: str, category: str, *, known: bool) -> None:
    request = VERSION.analysed(a_reading(a_request(text)), in_background=known)
    offer = VERSION.analysed(a_reading(an_offer("masken lieferbar sofort", category=category)))
    (score,) = scores(request, [offer], VERSION)
    features = features_of(request, offer, VERSION, THRESHOLDS)

    assert features.standing() == pytest.approx(score.d)
    assert features.across_categories == score.across_categories
    assert features.bar == THRESHOLDS.possible + features.across_categories
    heavier = replace(WEIGHTS, sentence_share=WEIGHTS.sentence_share + 1)
    assert features.standing(heavier) == pytest.approx(score.d + features.sentence)
