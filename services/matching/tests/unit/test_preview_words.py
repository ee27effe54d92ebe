"""Why a draft fits, as its writer reads it."""

import pytest

from matching.preview.words import sentences
from schemas.match import Reasons, WordPair
from schemas.vocabulary import ListingKind


def say(message: str, **values: object) -> str:
    return message.format_map(values)


@pytest.mark.parametrize(
    ("own", "word"), [(ListingKind.REQUEST, "racks"), (ListingKind.OFFER, "Racks")]
)
def test_a_word_of_both_is_spelled_as_the_draft_spells_it(own: ListingKind, word: str) -> None:
    reasons = Reasons(words=(WordPair(request_word="racks", offer_word="Racks"),))

    assert sentences(reasons, say, "en", own=own) == (f"In beiden Einträgen geht es um „{word}“.",)
