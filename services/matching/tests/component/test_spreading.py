"""Decided pairs on a real database: who is proposed at once, who waits, who lets go of them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from kept_listing_builders import a_request, an_offer, as_state, closing
from spread_builders import a_decision, an_active_version, answered, decided

from chassis.envelope import Gone
from chassis.sweeps import Sweeper
from matching.spread.rules import SpreadRules
from matching.sweeps import sweeps
from schemas.listing import ListingCreated
from schemas.match import MatchWithdrawn
from schemas.organisation import OrganisationState
from schemas.vocabulary import DeclineReason, ListingStatus

RULES = SpreadRules()
WEEK = timedelta(days=7)


async def swept(matching: Any) -> None:
    sweeper = Sweeper(sweeps, pool=matching.pool, clock=lambda: matching.now, every_seconds=60)
    await sweeper.run_once(matching.now)


async def waiting(matching: Any) -> int:
    count: int = await matching.value("select count(*) from waiting_proposal")
    return count


async def proposed(matching: Any) -> list[Any]:
    """The offers that were told, in the order they were told in."""
    return [each.offer.listing_id for each in await matching.proposals()]


async def three_of_one(matching: Any) -> tuple[list[ListingCreated], ListingCreated]:
    """One organisation's three offers, all fitting one request; the last is the best."""
    own, request = uuid4(), a_request()
    offers = [an_offer(organisation_id=own) for _ in range(3)]
    await an_active_version(matching)
    await matching.hears(request, *offers)
    pairs = [
        a_decision(offer, request, at=matching.now, d=5.0 + n) for n, offer in enumerate(offers)
    ]
    await decided(matching, *pairs)
    return offers, request


async def test_two_offers_of_one_organisation_come_first_and_the_third_waits(
    matching: Any,
) -> None:
    offers, _ = await three_of_one(matching)

    assert await proposed(matching) == [offers[2].listing_id, offers[1].listing_id]
    assert await waiting(matching) == 1
    await swept(matching)
    assert await waiting(matching) == 1


async def test_the_third_moves_up_when_one_is_declined(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    best = a_decision(offers[2], request, at=matching.now)
    await answered(matching, best, DeclineReason.QUANTITY)
    await swept(matching)

    assert (await proposed(matching))[2:] == [offers[0].listing_id]
    assert await waiting(matching) == 0


async def test_a_strong_third_does_not_wait_for_possible_ones(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    strong = a_decision(offers[0], request, at=matching.now, d=9.0, strong=True)
    await decided(matching, strong)

    assert (await proposed(matching))[2:] == [offers[0].listing_id]
    assert await waiting(matching) == 0


async def test_the_third_moves_up_when_one_is_withdrawn(matching: Any) -> None:
    offers, _ = await three_of_one(matching)
    await matching.hears(closing(offers[1]))
    await swept(matching)

    assert (await proposed(matching))[2:] == [offers[0].listing_id]


async def test_what_waits_about_an_ended_listing_is_never_told(matching: Any) -> None:
    offers, _ = await three_of_one(matching)
    await matching.hears(closing(offers[0]))
    matching.now += WEEK
    await swept(matching)

    assert await waiting(matching) == 0
    assert len(await proposed(matching)) == 2
    assert await matching.published(MatchWithdrawn) == []


async def test_what_waits_about_a_paused_listing_waits_on(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    await matching.hears(as_state(offers[0], ListingStatus.PAUSED, revision=2_000))
    await answered(matching, a_decision(offers[2], request, at=matching.now), DeclineReason.DATE)
    await swept(matching)
    assert await waiting(matching) == 1

    await matching.hears(as_state(offers[0], revision=3_000))
    await swept(matching)
    assert await waiting(matching) == 0


async def test_an_erased_organisation_leaves_nothing_waiting(matching: Any) -> None:
    offers, _ = await three_of_one(matching)
    await matching.hears(
        Gone(state=OrganisationState, id=offers[0].organisation_id, revision=9_000)
    )

    assert await waiting(matching) == 0


async def test_competitors_are_not_told_of_each_other_and_a_taken_back_answer_lets_them_go_on(
    matching: Any,
) -> None:
    offers, request = await three_of_one(matching)
    best = a_decision(offers[2], request, at=matching.now)
    await answered(matching, best, DeclineReason.COMPETITOR)
    await swept(matching)
    assert (len(await proposed(matching)), await waiting(matching)) == (2, 1)

    await answered(matching, best, DeclineReason.QUANTITY)
    await swept(matching)
    assert (len(await proposed(matching)), await waiting(matching)) == (3, 0)


async def test_a_competitor_stays_one_while_another_answer_says_so(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    best, second = (a_decision(offer, request, at=matching.now) for offer in (offers[2], offers[1]))
    await answered(matching, best, DeclineReason.COMPETITOR)
    await answered(matching, second, DeclineReason.COMPETITOR)

    await answered(matching, best, DeclineReason.QUANTITY)
    await swept(matching)
    assert (len(await proposed(matching)), await waiting(matching)) == (2, 1)

    await answered(matching, second, DeclineReason.QUANTITY)
    await swept(matching)
    assert (len(await proposed(matching)), await waiting(matching)) == (3, 0)


async def test_the_other_side_saying_so_is_an_answer_of_its_own(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    best, second = (a_decision(offer, request, at=matching.now) for offer in (offers[2], offers[1]))
    await answered(matching, best, DeclineReason.COMPETITOR)
    await answered(matching, second, DeclineReason.COMPETITOR, by_offer=True)
    await answered(matching, best, DeclineReason.QUANTITY)

    hidden = "select array_agg(organisation_id) from hidden_pair"
    assert await matching.value(hidden) == [offers[0].organisation_id]


async def test_two_who_take_it_back_at_once_leave_nothing_hidden(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    pairs = [a_decision(offer, request, at=matching.now) for offer in (offers[2], offers[1])]
    for pair in pairs:
        await answered(matching, pair, DeclineReason.COMPETITOR)

    await asyncio.gather(*(answered(matching, pair, DeclineReason.DATE) for pair in pairs))

    assert await matching.value("select count(*) from hidden_pair") == 0


async def crowd(matching: Any, count: int) -> tuple[ListingCreated, list[Any]]:
    """Requests of as many organisations that fit one offer, the best first."""
    offer = an_offer()
    requests = [a_request() for _ in range(count)]
    await an_active_version(matching)
    await matching.hears(offer, *requests)
    pairs = [
        a_decision(offer, request, at=matching.now, d=9.0 - n / 10, strong=True)
        for n, request in enumerate(requests)
    ]
    await decided(matching, *pairs, about=offer)
    return offer, pairs


async def told_to(matching: Any) -> list[Any]:
    return [each.request.listing_id for each in await matching.proposals()]


async def test_the_next_wave_comes_after_three_days_or_a_no(matching: Any) -> None:
    _, pairs = await crowd(matching, 5)
    order = [pair.request_id for pair in pairs]
    assert await told_to(matching) == order[:3]

    await answered(matching, pairs[0], DeclineReason.REGION, by_offer=True)
    await swept(matching)
    assert await told_to(matching) == order[:4]

    matching.now += RULES.wave_lasts - timedelta(minutes=1)
    await swept(matching)
    assert await told_to(matching) == order[:4]
    matching.now += timedelta(minutes=1)
    await swept(matching)
    assert await told_to(matching) == order


async def test_interest_keeps_its_place_in_the_wave(matching: Any) -> None:
    _, pairs = await crowd(matching, 4)
    await answered(matching, pairs[0], None)
    await swept(matching)

    assert len(await told_to(matching)) == 3


async def test_a_weeks_attention(matching: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHING_WAVE", "100")
    monkeypatch.setenv("MATCHING_WEEKLY_PROPOSALS", "4")
    _, pairs = await crowd(matching, 7)
    assert len(await told_to(matching)) == 4
    matching.now += RULES.wave_lasts
    await swept(matching)
    assert len(await told_to(matching)) == 4

    await answered(matching, pairs[0], None, by_offer=True)
    await swept(matching)
    assert len(await told_to(matching)) == 5

    matching.now += WEEK - RULES.wave_lasts
    await swept(matching)
    assert await told_to(matching) == [pair.request_id for pair in pairs]
    assert await waiting(matching) == 0


async def test_the_much_shown_wait_with_their_weaker_pairs(
    matching: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHING_WAVE", "100")
    offer, _ = await crowd(matching, 8)
    weak, strong = a_request(), a_request()
    await matching.hears(weak, strong)
    await decided(
        matching,
        a_decision(offer, weak, at=matching.now, d=3.6),
        a_decision(offer, strong, at=matching.now, d=3.6, strong=True),
        about=offer,
    )
    assert (await told_to(matching))[8:] == [strong.listing_id]

    matching.now += RULES.exposure_window
    await swept(matching)
    assert (await told_to(matching))[9:] == [weak.listing_id]


async def test_usual_exposure_is_counted_by_category(matching: Any) -> None:
    await crowd(matching, 5)
    await swept(matching)

    row = "select (median, organisations) from category_exposure where category = 'medical'"
    assert await matching.value(row) == (3.0, 1)
    await matching.hears(an_offer(), an_offer())
    await swept(matching)
    assert await matching.value(row) == (3.0, 1)
    matching.now += timedelta(hours=1)
    await swept(matching)
    assert await matching.value(row) == (0.0, 3)


async def test_a_pair_is_told_once_however_often_it_is_decided(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    pairs = [a_decision(offer, request, at=matching.now, d=6.0) for offer in offers]
    await asyncio.gather(*(decided(matching, *pairs) for _ in range(4)))

    assert len(await proposed(matching)) == 2
    assert await waiting(matching) == 1
    assert await matching.value("select max(d) from waiting_proposal") == 6.0


async def test_matches_at_once_keep_to_the_limits(matching: Any) -> None:
    own, request = uuid4(), a_request()
    offers = [an_offer(organisation_id=own) for _ in range(6)]
    await an_active_version(matching)
    await matching.hears(request, *offers)
    await asyncio.gather(
        *(
            decided(matching, a_decision(offer, request, at=matching.now), about=offer)
            for offer in offers
        )
    )

    assert len(await proposed(matching)) == 2
    assert await waiting(matching) == 4


async def test_a_refresh_decides_what_waits_anew(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    await an_active_version(matching, "v2")
    best = a_decision(offers[2], request, at=matching.now)
    await answered(matching, best, DeclineReason.QUANTITY)
    await swept(matching)
    assert (len(await proposed(matching)), await waiting(matching)) == (2, 1)

    again = a_decision(offers[0], request, at=matching.now, d=5.5, version="v2")
    await decided(matching, again)
    assert (len(await proposed(matching)), await waiting(matching)) == (3, 0)
    assert await matching.value("select engine_version from proposal where d = 5.5") == "v2"


async def test_what_a_refresh_finds_no_more_waits_no_more(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    await an_active_version(matching, "v2")
    await decided(matching, a_decision(offers[2], request, at=matching.now, version="v2"))

    assert (len(await proposed(matching)), await waiting(matching)) == (2, 0)


async def test_a_changed_text_is_decided_anew(matching: Any) -> None:
    offers, request = await three_of_one(matching)
    other = an_offer("Pflegebetten", "Gebrauchte Betten aus einer Klinik.")
    await matching.hears(
        as_state(offers[0]).model_copy(update={"content": other.content, "revision": 2_000})
    )
    await answered(matching, a_decision(offers[2], request, at=matching.now), DeclineReason.DATE)
    await swept(matching)
    assert (len(await proposed(matching)), await waiting(matching)) == (2, 1)

    await decided(matching, about=offers[0])
    assert await waiting(matching) == 0


async def test_what_the_model_is_made_of_is_kept_with_the_proposal(matching: Any) -> None:
    await three_of_one(matching)

    assert await matching.value("select features ->> 'bar' from proposal limit 1") == "3.5"
