"""What the ledger keeps of an event: ids and slugs, no name, no address, no free text."""

from typing import Any
from uuid import uuid4

import pytest

from schemas.event import Fact
from schemas.listing import ListingRejected
from schemas.vocabulary import ClosingAnswer, Language, ListingKind, RejectionReason
from surveys.consumers import COUNTED
from surveys.ledger.entry import Uncounted, entry_of


@pytest.fixture
def facts(story: Any) -> list[Fact]:
    offer, request = story.an_offer(), story.a_request()
    proposal = story.a_proposal(offer, request)
    contact = story.a_contact(proposal=proposal)
    mail = story.a_mail_about(proposal)
    asked = story.asked(contact)
    return [
        offer,
        story.closed(offer, ClosingAnswer.FOUND_HERE),
        proposal,
        mail,
        story.bounced(mail),
        story.interested_in(proposal),
        contact,
        story.accepted(contact),
        story.declined(contact),
        story.taken_back(contact),
        asked,
        story.reported(asked),
    ]


def test_keeps_no_name_no_address_and_no_free_text(facts: list[Fact]) -> None:
    written = ("Dosierpumpen", "Ostsee", "Kim", "kim@", "Guten Tag", "unknown", "Zu weit")

    for fact in facts:
        kept = repr(entry_of(fact, uuid4()))

        assert not [word for word in written if word in kept], fact.name


def test_every_subject_it_keeps_is_one_of_the_events(facts: list[Fact]) -> None:
    for fact in facts:
        entry = entry_of(fact, uuid4())

        assert entry.particulars.subjects <= set(fact.subjects()), fact.name


def test_without_an_erased_subject_the_fact_stays(story: Any) -> None:
    contact = story.a_contact()
    entry = entry_of(contact, uuid4())

    left = entry.without(frozenset({contact.requesting_organisation_id}))

    assert left.particulars.organisation_id is None
    assert left.particulars.counterpart_organisation_id == contact.owning_organisation_id
    assert left.aggregate_id == contact.contact_id


def test_a_closing_answer_is_kept_where_one_was_given(story: Any) -> None:
    offer = story.an_offer()

    said, unsaid = (
        entry_of(story.closed(offer, answer), uuid4()).particulars.slugs
        for answer in (ClosingAnswer.FOUND_ELSEWHERE, None)
    )

    assert said == {"kind": "offer", "reason": "withdrawn", "answer": "found-elsewhere"}
    assert "answer" not in unsaid


def test_a_listing_that_takes_anothers_place_refers_to_it(story: Any) -> None:
    offer = story.an_offer()

    first, successor = (
        entry_of(fact, uuid4()).particulars for fact in (offer, story.narrowed(offer))
    )

    assert first.about_id is None
    assert successor.about_id == offer.listing_id


def test_a_fact_it_does_not_know_is_refused(story: Any) -> None:
    rejected = ListingRejected(
        **story._tick(),
        listing_id=uuid4(),
        organisation_id=uuid4(),
        kind=ListingKind.OFFER,
        title="Dosierpumpen",
        language=Language.GERMAN,
        reason=RejectionReason.DUPLICATE,
        rule="Nur einmal",
        appeal_to="moderation@example.org",
    )

    with pytest.raises(Uncounted):
        entry_of(rejected, uuid4())


def test_every_counted_class_is_covered_by_an_example(facts: list[Fact]) -> None:
    shown = {type(fact) for fact in facts}
    alike = {"ListingUpdated", "MatchWithdrawn", "ContactLapsed"}

    assert {each.__name__ for each in set(COUNTED) - shown} == alike
