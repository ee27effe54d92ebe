"""A draft is read like the listing that it would become."""

import pytest
from pydantic import ValidationError

from matching.preview.draft import Draft
from schemas.vocabulary import ListingKind


def test_a_requests_needs_are_texts_of_their_own() -> None:
    draft = Draft(kind=ListingKind.REQUEST, title="Pumpen", needs=("Schläuche", "Ventile"))

    whole, *needs = draft.texts()

    assert whole.title == "Pumpen"
    assert [need.title for need in needs] == ["Schläuche", "Ventile"]


def test_an_offers_needs_belong_to_its_text() -> None:
    (whole,) = Draft(kind=ListingKind.OFFER, title="Pumpen", needs=("Schläuche",)).texts()

    assert "Schläuche" in whole.description


def test_a_form_writes_needs_in_lines_and_tags_with_commas() -> None:
    typed = {"kind": "request", "title": "Pumpen", "needs": ["Schläuche\n\nVentile"],
             "tags": ["Labor, Klinik"], "act": "submit"}  # fmt: skip
    draft = Draft.model_validate(typed)

    assert draft.needs == ("Schläuche", "Ventile")
    assert draft.tags == ("Labor", "Klinik")


@pytest.mark.parametrize("change", [{"title": "xy"}, {"kind": "gift"}, {"needs": 3},
                                    {"needs": [4]}, {"title": "a\x00bc"}])  # fmt: skip
def test_nonsense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Draft.model_validate({"kind": "offer", "title": "Pumpen"} | change)
