"""Every sentence of this service stands translated; nothing in the catalogue is left over."""

from chassis.web.catalogue_check import Gaps, catalogue_gaps


def test_the_english_catalogue_is_complete() -> None:
    assert catalogue_gaps("listings") == Gaps(untranslated=(), unused=())
