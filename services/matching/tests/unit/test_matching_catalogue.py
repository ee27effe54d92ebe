"""English stands complete beside the German source."""

from chassis.web.catalogue_check import Gaps, catalogue_gaps


def test_the_english_catalogue_is_complete() -> None:
    assert catalogue_gaps("matching") == Gaps(untranslated=(), unused=())
