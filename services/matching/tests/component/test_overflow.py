"""Unmet requests go on to partner clusters: if wished, after the brokers' time, once, in time."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from kept_listing_builders import START, an_offer, an_organisation, as_state, closing
from spread_builders import a_decision, answered, decided
from unmet_builders import a_broker, a_lonely_request, a_pump_maker

from chassis.cause import Cause
from chassis.envelope import Gone
from chassis.sweeps import Sweeper
from matching.enquiries.commands import Approval, answer_enquiry, approve_enquiries
from matching.enquiries.enquiry import GivenEnquiryAnswer, enquiry_id_of
from matching.proposal import Proposal
from matching.sweeps import sweeps
from matching.unmet.worker import Scouting
from schemas.listing import ListingCreated, ListingState, ListingUpdated
from schemas.organisation import OrganisationState
from schemas.request import RequestOverflowed, RequestUnmet
from schemas.vocabulary import DeclineReason, EnquiryAnswer, ListingStatus, Visibility

pytestmark = pytest.mark.model

Pass = Callable[..., Awaitable[None]]


@pytest.fixture
def passes(matching: Any, engine: Any) -> Pass:
    """Some time, then the sweeps and the workers, each until it has nothing to do."""
    worker = matching.a_worker(engine)
    scouting = Scouting(matching.engines(engine), pool=matching.pool, clock=lambda: matching.now)
    sweeper = Sweeper(sweeps, pool=matching.pool, clock=lambda: matching.now, every_seconds=60)

    async def a_while(**units: float) -> None:
        matching.now += timedelta(**units)
        while await worker.turn():
            pass
        await sweeper.run_once(matching.now)
        while await scouting.turn():
            pass

    return a_while


async def posted(matching: Any, **fields: Any) -> ListingCreated:
    request = a_lonely_request(**{"may_overflow": True} | fields)
    await matching.hears(request, as_state(request))
    return request


def asked_about(request: ListingCreated, fact: RequestOverflowed) -> ListingState:
    """What `listings` says of it once partner clusters are asked."""
    state = as_state(request, revision=fact.revision + 1)
    return state.model_copy(update={"answer_by": fact.answer_by})


async def overflowed(matching: Any) -> list[RequestOverflowed]:
    facts: list[RequestOverflowed] = await matching.published(RequestOverflowed)
    return facts


async def unmet_for(matching: Any, passes: Pass, **units: float) -> None:
    """A day to be found unmet and told, then so long with the brokers."""
    await passes(hours=24)
    assert len(await matching.published(RequestUnmet)) == 1
    await passes(**units)


async def test_it_goes_on_after_the_brokers_had_their_time(matching: Any, passes: Pass) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=71)
    assert await overflowed(matching) == []

    await passes(hours=1)

    (fact,) = await overflowed(matching)
    assert fact.request_id == request.listing_id
    assert fact.organisation_id == request.organisation_id
    assert (fact.title, fact.category) == (request.content.title, request.content.category)
    assert fact.published_at == START
    assert fact.occurred_at == matching.now
    assert timedelta(days=14) <= fact.answer_by - matching.now < timedelta(days=15)
    assert fact.revision > (await matching.published(RequestUnmet))[0].revision


async def test_once_whatever_passes_or_is_heard_again(matching: Any, passes: Pass) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=72)
    (fact,) = await overflowed(matching)

    await matching.hears(request, asked_about(request, fact))
    await passes(days=1)
    await passes(days=20)

    assert await overflowed(matching) == [fact]


async def test_again_if_it_rested_when_that_was_read_and_is_back(
    matching: Any, passes: Pass
) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=72)
    (first,) = await overflowed(matching)

    await matching.hears(as_state(request, ListingStatus.PAUSED, revision=first.revision + 1))
    await passes(days=1)
    rested = await overflowed(matching)
    await matching.hears(as_state(request, revision=first.revision + 2))
    await passes(minutes=1)

    assert rested == [first]
    assert len(await overflowed(matching)) == 2


async def test_once_if_an_old_state_comes_after_the_one_that_says_so(
    matching: Any, passes: Pass
) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=72)
    (fact,) = await overflowed(matching)

    await matching.hears(
        asked_about(request, fact), as_state(request, revision=request.revision + 1)
    )
    await passes(minutes=1)

    assert await overflowed(matching) == [fact]
    assert await matching.value("select partners_asked from awaited_request")


async def test_not_again_after_its_owner_no_longer_wished_it_and_then_did(
    matching: Any, passes: Pass
) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=72)
    (fact,) = await overflowed(matching)
    asked = asked_about(request, fact)
    kept_here = request.content.model_copy(update={"may_overflow": False})
    unticked = as_state(request, revision=asked.revision + 1).model_copy(
        update={"content": kept_here}
    )

    await matching.hears(asked, unticked)
    await passes(minutes=1)
    asked_meanwhile = await matching.value("select partners_asked from awaited_request")
    await matching.hears(asked.model_copy(update={"revision": unticked.revision + 1}))
    await passes(minutes=1)

    assert asked_meanwhile is False
    assert await overflowed(matching) == [fact]


async def test_not_without_the_owners_wish_but_with_a_late_one(matching: Any, passes: Pass) -> None:
    request = await posted(matching, may_overflow=False)
    await unmet_for(matching, passes, days=10)
    assert await overflowed(matching) == []

    later = request.content.model_copy(update={"may_overflow": True})
    wished = dict(request) | {"revision": request.revision + 1, "content": later}
    await matching.hears(ListingUpdated.model_validate(wished))
    await passes(minutes=1)

    assert len(await overflowed(matching)) == 1


async def test_never_what_only_the_cluster_may_see(matching: Any, passes: Pass) -> None:
    await posted(matching, visibility=Visibility.CLUSTER)
    await unmet_for(matching, passes, days=10)

    assert await overflowed(matching) == []


async def test_not_once_a_strong_proposal_came(matching: Any, passes: Pass) -> None:
    await posted(matching)
    await unmet_for(matching, passes, hours=48)
    offer = an_offer()
    await matching.hears(offer, as_state(offer))
    await passes(hours=24)

    assert await matching.value("select strength from proposal") == "strong"
    assert await overflowed(matching) == []


async def test_not_while_a_new_text_waits_to_be_matched(matching: Any, passes: Pass) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=71)
    changed = request.content.model_copy(update={"title": "Schlauchpumpen gesucht"})
    update = dict(request) | {"revision": request.revision + 1, "content": changed}
    await matching.hears(ListingUpdated.model_validate(update))
    matching.now += timedelta(hours=2)
    sweeper = Sweeper(sweeps, pool=matching.pool, clock=lambda: matching.now, every_seconds=60)
    await sweeper.run_once(matching.now)

    assert await overflowed(matching) == []


async def test_not_while_paused(matching: Any, passes: Pass) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=24)
    await matching.hears(as_state(request, ListingStatus.PAUSED, revision=request.revision + 1))
    await passes(hours=100)
    assert await overflowed(matching) == []

    await matching.hears(as_state(request, revision=request.revision + 2))
    await passes(minutes=1)

    assert len(await overflowed(matching)) == 1


async def test_not_after_it_ended(matching: Any, passes: Pass) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=24)
    await matching.hears(closing(request))
    await passes(hours=100)

    assert await overflowed(matching) == []


async def test_not_after_the_day_by_which_it_is_needed(matching: Any, passes: Pass) -> None:
    await posted(matching, needed_by=(START + timedelta(days=3)).date())
    await unmet_for(matching, passes, hours=72)

    assert await overflowed(matching) == []


async def a_firm_answers(
    matching: Any, request: ListingCreated, firm: OrganisationState, answer: EnquiryAnswer
) -> None:
    """A broker asks it, unless one did before, and it answers."""
    request_id, organisation_id = request.listing_id, firm.organisation_id
    approval = Approval(
        request_id=request_id,
        organisation_ids=(organisation_id,),
        question="Könnten Sie das?",
        broker_id=uuid4(),
    )
    async with matching.pool.transaction() as connection:
        await approve_enquiries(connection, approval, at=matching.now, cause=Cause.new())
        await answer_enquiry(
            connection,
            enquiry_id_of(request_id, organisation_id),
            GivenEnquiryAnswer(answer=answer),
            organisation_id=organisation_id,
            member_id=None,
            at=matching.now,
            cause=Cause.new(),
        )


async def test_not_while_a_firm_here_says_yes(matching: Any, passes: Pass) -> None:
    firm = a_pump_maker()
    await matching.hears(firm)
    request = await posted(matching)
    await unmet_for(matching, passes, hours=24)
    await a_firm_answers(matching, request, firm, EnquiryAnswer.YES)
    await passes(hours=100)
    assert await overflowed(matching) == []

    await a_firm_answers(matching, request, firm, EnquiryAnswer.NO)
    await passes(minutes=1)

    assert len(await overflowed(matching)) == 1


async def test_a_yes_of_a_firm_that_was_erased_holds_nobody_back(
    matching: Any, passes: Pass
) -> None:
    firm = a_pump_maker()
    await matching.hears(firm)
    request = await posted(matching)
    await unmet_for(matching, passes, hours=24)
    await a_firm_answers(matching, request, firm, EnquiryAnswer.YES)
    await matching.hears(Gone(state=OrganisationState, id=firm.organisation_id, revision=10**12))
    await passes(hours=100)

    assert len(await overflowed(matching)) == 1


async def a_possible_proposal(matching: Any, passes: Pass, request: ListingCreated) -> Proposal:
    offer = an_offer("Pflegebetten", "Gebrauchte Pflegebetten aus einer Klinik, geprüft.")
    await matching.hears(offer, as_state(offer))
    await passes(minutes=1)
    version = await matching.value("select number from analysis_version where state = 'active'")
    pair = a_decision(offer, request, at=matching.now, version=version)
    await decided(matching, pair)
    return pair


async def test_not_once_both_sides_of_a_possible_proposal_are_interested(
    matching: Any, passes: Pass
) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=24)
    pair = await a_possible_proposal(matching, passes, request)
    for by_offer in (True, False):
        await answered(matching, pair, None, by_offer=by_offer)
    await passes(hours=100)
    assert await overflowed(matching) == []

    await answered(matching, pair, DeclineReason.QUANTITY)
    await passes(minutes=1)

    assert len(await overflowed(matching)) == 1


async def test_still_if_only_one_side_of_a_possible_proposal_is_interested(
    matching: Any, passes: Pass
) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=24)
    pair = await a_possible_proposal(matching, passes, request)
    await answered(matching, pair, None, by_offer=True)
    await passes(hours=100)

    assert len(await overflowed(matching)) == 1


async def test_what_fails_leaves_no_row_and_no_event(matching: Any, passes: Pass) -> None:
    await posted(matching)
    await unmet_for(matching, passes, hours=71)
    matching.now += timedelta(hours=1)
    async with matching.pool.transaction() as connection:
        await connection.execute(
            "alter table outbox add constraint no_room check (topic <> 'request.overflowed')"
        )
    sweeper = Sweeper(sweeps, pool=matching.pool, clock=lambda: matching.now, every_seconds=60)

    with pytest.raises(ExceptionGroup):
        await sweeper.run_once(matching.now)

    assert await overflowed(matching) == []
    assert await matching.value("select overflowed_at is null from awaited_request")


async def test_an_erased_seeker_leaves_nothing(matching: Any, passes: Pass) -> None:
    request = await posted(matching)
    await unmet_for(matching, passes, hours=72)
    seeker = request.organisation_id
    await matching.hears(Gone(state=OrganisationState, id=seeker, revision=10**12))

    topic = RequestOverflowed.topic
    assert await matching.value("select payload is null from outbox where topic = $1", topic)
    assert await matching.value("select count(*) from awaited_request") == 0


class TestTheBrokersPage:
    async def page_of(self, matching: Any, request: ListingCreated) -> str:
        broker = a_broker()
        await matching.hears(broker, an_organisation(request.organisation_id, "Hanse-Labor e. K."))
        matching.signs_in(broker)
        page = await matching.http.get(f"/matching/unmet/{request.listing_id}")
        text: str = page.text
        return text

    async def test_says_when_it_will_be_shown(self, matching: Any, passes: Pass) -> None:
        request = await posted(matching)
        await passes(hours=24)

        assert "Werden am 24.03.2026 gefragt" in await self.page_of(matching, request)

    async def test_says_when_it_was_and_until_when(self, matching: Any, passes: Pass) -> None:
        request = await posted(matching)
        await unmet_for(matching, passes, hours=72)
        (fact,) = await overflowed(matching)
        await matching.hears(asked_about(request, fact))

        page = await self.page_of(matching, request)
        found = await matching.http.get("/matching/unmet")
        matching.now += timedelta(days=20)
        later = await self.page_of(matching, request)

        assert "Gefragt am 24.03.2026, Frist bis 07.04.2026" in page
        assert "noch keine Organisation aus dem Verzeichnis wurde gefragt" in page
        assert "niemand" not in page + found.text
        assert "Partnercluster gefragt, Frist bis 07.04.2026" in found.text
        assert "die Frist endete am 07.04.2026" in later

    async def test_does_not_say_so_before_listings_does(self, matching: Any, passes: Pass) -> None:
        request = await posted(matching)
        await unmet_for(matching, passes, hours=72)

        page = await self.page_of(matching, request)
        found = await matching.http.get("/matching/unmet")

        assert "Werden gerade gefragt, sofern" in page
        assert "Frist bis" not in page + found.text

    async def test_says_that_somebody_here_agreed(self, matching: Any, passes: Pass) -> None:
        firm = a_pump_maker()
        await matching.hears(firm)
        request = await posted(matching)
        await unmet_for(matching, passes, hours=24)
        await a_firm_answers(matching, request, firm, EnquiryAnswer.YES)

        page = await self.page_of(matching, request)

        assert "Werden nicht gefragt: Eine Organisation hier hat zugesagt" in page
        assert "Werden am" not in page

    async def test_leaves_out_a_day_that_is_not_known(self, matching: Any, passes: Pass) -> None:
        request = await posted(matching)
        await passes(hours=24)
        asked = as_state(request, revision=request.revision + 1)
        answer_by = matching.now + timedelta(days=3)
        await matching.hears(asked.model_copy(update={"answer_by": answer_by}))

        page = await self.page_of(matching, request)
        matching.now += timedelta(days=10)
        later = await self.page_of(matching, request)

        assert "Gefragt, Frist bis 24.03.2026." in page
        assert "Gefragt, die Frist endete am 24.03.2026." in later
        assert "Gefragt am" not in page + later

    async def test_says_that_nobody_wished_it(self, matching: Any, passes: Pass) -> None:
        request = await posted(matching, may_overflow=False)
        await passes(hours=24)

        assert "Wer sucht, hat es nicht angekreuzt" in await self.page_of(matching, request)
