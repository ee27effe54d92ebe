"""What is said again counts once, and a listing that goes on under a new id is one listing."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from schemas.vocabulary import ClosingAnswer, ClosingReason
from surveys.reports.period import Period

APRIL = Period(since=date(2026, 4, 1), until=date(2026, 4, 30))
A_DAY_IN_APRIL = datetime(2026, 4, 9, 9, tzinfo=UTC)
FOUND_HERE = (
    ("found-here", 1, 1), ("found-elsewhere", 0, 1), ("no-longer-needed", 0, 1), ("unknown", 0, 1),
)  # fmt: skip


class TestSaidAgainAfterARestore:
    @pytest.fixture
    def said(self, story: Any) -> list[Any]:
        poster, seeker = uuid4(), uuid4()
        offer, request = story.an_offer(poster), story.a_request(seeker)
        proposal = story.a_proposal(offer, request)
        contact = story.a_contact(seeker, poster, proposal=proposal)
        return [
            offer,
            request,
            proposal,
            story.a_mail_about(proposal),
            story.interested_in(proposal),
            contact,
            story.accepted(contact),
            story.closed(offer, reason=ClosingReason.EXPIRED),
        ]

    async def test_counts_once(self, surveys: Any, story: Any, said: list[Any]) -> None:
        await surveys.hears(*said)
        before = await surveys.counts()

        await surveys.hears(*map(story.again, said))

        assert await surveys.counts() == before

    async def test_counts_when_it_was_said_first(
        self, surveys: Any, story: Any, said: list[Any]
    ) -> None:
        later = list(map(story.at(A_DAY_IN_APRIL).again, said[:-1]))

        await surveys.hears(*later)
        await surveys.hears(*said[:-1])

        april = await surveys.counts(APRIL)
        assert {count for lines in april.values() for _, count, _ in lines} == {0}
        assert (await surveys.counts())["listings"] == (("published", 2, None),)

    async def test_a_listing_ended_with_the_last_word(self, surveys: Any, story: Any) -> None:
        offer = story.an_offer()
        expired = story.closed(offer, reason=ClosingReason.EXPIRED)
        fulfilled = story.at(A_DAY_IN_APRIL).closed(offer, ClosingAnswer.FOUND_HERE)

        await surveys.hears(offer, fulfilled, expired)

        assert (await surveys.counts(APRIL))["closings"] == FOUND_HERE
        assert (await surveys.counts())["closings"][-1] == ("unknown", 0, 0)

    async def test_who_is_erased_at_last_is_not_asked_why(self, surveys: Any, story: Any) -> None:
        offer = story.an_offer()
        expired = story.closed(offer, reason=ClosingReason.EXPIRED)

        await surveys.hears(offer, expired, story.closed(offer, reason=ClosingReason.ERASED))

        assert (await surveys.counts())["closings"][-1] == ("unknown", 0, 0)


class TestADeliveredMail:
    async def test_that_bounced_and_was_sent_again_counts(self, surveys: Any, story: Any) -> None:
        proposal = story.a_proposal(story.an_offer(), story.a_request())
        bounced = story.bounced(story.a_mail_about(proposal))
        sent = story.a_mail_about(proposal).model_copy(update={"mail_id": bounced.mail_id})

        await surveys.hears(proposal, bounced, sent)

        assert ("delivered", 1, 1) in (await surveys.counts())["funnel"]

    async def test_that_bounced_at_last_does_not(self, surveys: Any, story: Any) -> None:
        proposal = story.a_proposal(story.an_offer(), story.a_request())
        mail = story.a_mail_about(proposal)

        await surveys.hears(proposal, story.bounced(mail), mail)

        assert ("delivered", 0, 1) in (await surveys.counts())["funnel"]


class TestAContact:
    @pytest.mark.parametrize(
        ("changes", "counted"),
        [
            ({}, 1),
            ({"listing_id": uuid4()}, 0),
            ({"requesting_organisation_id": uuid4()}, 0),
        ],
        ids=["between its sides", "about another listing", "of a stranger"],
    )
    async def test_counts_for_the_proposal_that_it_names_only_between_its_sides(
        self, surveys: Any, story: Any, changes: dict[str, Any], counted: int
    ) -> None:
        """Whoever asks names the proposal, and may name any."""
        proposal = story.a_proposal(story.an_offer(), story.a_request())
        contact = story.a_contact(proposal=proposal).model_copy(update=changes)

        await surveys.hears(
            proposal, story.a_mail_about(proposal), story.interested_in(proposal), contact
        )

        assert ("contact", counted, 1) in (await surveys.counts())["funnel"]


class TestAListingShownToFewer:
    @pytest.fixture
    async def successor(self, surveys: Any, story: Any) -> Any:
        """Narrowed twice in April; published as an offer of diagnostics in March."""
        offer = story.an_offer()
        await surveys.hears(offer)
        story.at(A_DAY_IN_APRIL)
        ended, narrower = story.closed(offer), story.narrowed(offer)
        again_ended, narrowest = story.closed(narrower), story.narrowed(narrower)
        await surveys.hears(narrowest, again_ended, narrower, ended)
        return narrowest

    async def test_is_published_once(self, surveys: Any, successor: Any) -> None:
        march, april = await surveys.counts(), await surveys.counts(APRIL)

        assert march["listings"] == (("published", 1, None),)
        assert march["kinds"][0] == ("offer", 1, 1)
        assert april["listings"] == (("published", 0, None),)
        assert april["contacts"][0] == ("0", 0, 0)
        assert sum(count for _, count, _ in april["sizes"]) == 0

    async def test_has_not_ended(self, surveys: Any, successor: Any) -> None:
        assert (await surveys.counts(APRIL))["closings"][-1] == ("unknown", 0, 0)
        assert (await surveys.counts())["funnel"][-1] == ("found-here", 0, 0)

    async def test_ends_as_the_last_one_ends(
        self, surveys: Any, story: Any, successor: Any
    ) -> None:
        await surveys.hears(story.closed(successor, ClosingAnswer.FOUND_HERE))

        assert (await surveys.counts(APRIL))["closings"] == FOUND_HERE
        assert (await surveys.counts())["funnel"][-1] == ("found-here", 1, 1)

    async def test_is_proposed_with_the_last_one(
        self, surveys: Any, story: Any, successor: Any
    ) -> None:
        await surveys.hears(story.a_proposal(successor, story.a_request()))

        assert ("proposed", 1, 1) in (await surveys.counts())["funnel"]
