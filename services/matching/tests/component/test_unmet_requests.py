"""Requests that nobody fits: found once by the sweep, ranked by the worker, told once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from kept_listing_builders import ROSTOCK, START, a_request, an_offer, as_state, closing
from spread_builders import a_decision, decided
from unmet_builders import a_bakery, a_firm, a_lonely_request, a_pump_maker

from chassis.cause import Cause
from chassis.envelope import Gone
from chassis.sweeps import Sweeper
from matching import listing_storage
from matching.spread.rules import SpreadRules
from matching.sweeps import sweeps
from matching.unmet import storage
from matching.unmet.commands import keep_candidates
from matching.unmet.storage import TURN_WITHIN_DAYS
from matching.unmet.worker import Scouting
from schemas.listing import ListingClosed, ListingCreated, ListingState, ListingUpdated
from schemas.organisation import OrganisationState
from schemas.request import RequestUnmet
from schemas.vocabulary import ClosingReason, Visibility

pytestmark = pytest.mark.model

Pass = Callable[[], Awaitable[None]]


@pytest.fixture
def passes(matching: Any, engine: Any) -> Pass:
    """The matching worker, the sweeps and the scouting worker, each until it has nothing to do."""
    worker = matching.a_worker(engine)
    scouting = Scouting(matching.engines(engine), pool=matching.pool, clock=lambda: matching.now)
    sweeper = Sweeper(sweeps, pool=matching.pool, clock=lambda: matching.now, every_seconds=60)

    async def a_while() -> None:
        while await worker.turn():
            pass
        await sweeper.run_once(matching.now)
        while await scouting.turn():
            pass

    return a_while


async def candidates(matching: Any) -> list[Any]:
    async with matching.pool.connection() as connection:
        rows = await connection.fetch(
            "select organisation_id, reasons from candidate order by request_id, place"
        )
    return [dict(row) for row in rows]


async def published(matching: Any, *facts: Any) -> None:
    for fact in facts:
        await matching.hears(fact, as_state(fact))


async def test_a_request_without_strong_proposal_is_told_once(matching: Any, passes: Pass) -> None:
    request, maker = a_lonely_request(), a_pump_maker()
    await matching.hears(maker, a_bakery())
    await published(matching, request)
    await passes()
    assert await matching.published(RequestUnmet) == []

    matching.now += timedelta(hours=24)
    await passes()
    await passes()

    (told,) = await matching.published(RequestUnmet)
    assert told.request_id == request.listing_id
    assert (told.possible_proposals, told.candidates) == (0, 1)
    (candidate,) = await candidates(matching)
    assert candidate["organisation_id"] == maker.organisation_id


async def test_the_reasons_are_data(matching: Any, passes: Pass) -> None:
    await matching.hears(a_pump_maker())
    await published(matching, a_lonely_request())
    matching.now += timedelta(days=2)
    await passes()

    (candidate,) = await candidates(matching)
    assert "umpen" in candidate["reasons"]
    assert '"industry_code": "28.13"' in candidate["reasons"]
    assert '"distance_km": 5' in candidate["reasons"]
    assert '"had_offer": false' in candidate["reasons"]


async def test_a_strong_proposal_meets_the_request(matching: Any, passes: Pass) -> None:
    await matching.hears(a_pump_maker())
    await published(matching, an_offer(), a_lonely_request())
    matching.now += timedelta(days=2)
    await passes()

    assert await matching.value("select strength from proposal") == "strong"
    assert await matching.published(RequestUnmet) == []


async def test_what_is_met_while_firms_are_ranked_is_told_once_that_falls(
    matching: Any, passes: Pass
) -> None:
    request, offer = a_lonely_request(), an_offer()
    await published(matching, request)
    await passes()
    async with matching.pool.transaction() as connection:
        await storage.mark_unmet(connection, published_before=matching.now, now=matching.now)
        ranked = (await listing_storage.listings(connection, [request.listing_id])).popitem()[1]
    await published(matching, offer)
    await passes()

    async with matching.pool.transaction() as connection:
        await keep_candidates(
            connection,
            ranked,
            (),
            version="1",
            up_to=None,
            at=matching.now,
            cause=Cause.new(),
        )
    met = await matching.published(RequestUnmet)
    await matching.hears(closing(offer))
    await passes()

    assert met == []
    assert len(await matching.published(RequestUnmet)) == 1


async def test_a_strong_pair_that_waits_for_its_turn_meets_the_request(
    matching: Any, passes: Pass
) -> None:
    offer, requests = an_offer(), [a_lonely_request() for _ in range(SpreadRules().wave + 1)]
    await published(matching, offer, *requests)
    await passes()
    matching.now += timedelta(days=2)
    await passes()

    assert await matching.value("select count(*) from waiting_proposal") == 1
    assert await matching.published(RequestUnmet) == []

    await matching.hears(closing(offer))
    await passes()

    assert len(await matching.published(RequestUnmet)) == len(requests)


async def test_a_strong_pair_whose_turn_does_not_come_leaves_it_unmet(
    matching: Any, passes: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHING_WAVE_DAYS", "30")
    offer, requests = an_offer(), [a_lonely_request() for _ in range(SpreadRules().wave + 1)]
    await published(matching, offer, *requests)
    await passes()
    matching.now += timedelta(days=TURN_WITHIN_DAYS, minutes=-1)
    await passes()
    assert await matching.published(RequestUnmet) == []

    matching.now += timedelta(minutes=1)
    await passes()

    (told,) = await matching.published(RequestUnmet)
    assert told.request_id == await matching.value("select request_id from waiting_proposal")


async def test_a_withdrawn_proposal_leaves_it_unmet(matching: Any, passes: Pass) -> None:
    offer = an_offer()
    await published(matching, offer, a_lonely_request())
    await passes()
    await matching.hears(closing(offer))
    matching.now += timedelta(days=2)
    await passes()

    assert [fact.possible_proposals for fact in await matching.published(RequestUnmet)] == [0]


async def test_a_possible_proposal_is_told_of_as_one(matching: Any, passes: Pass) -> None:
    request = a_lonely_request()
    offer = an_offer("Pflegebetten", "Gebrauchte Pflegebetten aus einer Klinik, geprüft.")
    await published(matching, offer, request)
    await passes()
    version = await matching.value("select number from analysis_version where state = 'active'")
    await decided(matching, a_decision(offer, request, at=matching.now, version=version))
    matching.now += timedelta(days=2)
    await passes()

    assert [fact.possible_proposals for fact in await matching.published(RequestUnmet)] == [1]


async def test_only_firms_that_can_be_asked_are_promised(matching: Any, passes: Pass) -> None:
    askable = a_pump_maker()
    await matching.hears(
        askable,
        a_pump_maker(allows_enquiries=False),
        a_pump_maker(enquiry_email=None, has_members=False),
    )
    await published(matching, a_lonely_request())
    matching.now += timedelta(days=2)
    await passes()

    (told,) = await matching.published(RequestUnmet)
    assert told.candidates == 1
    assert len(await candidates(matching)) == 3


async def met(matching: Any, passes: Pass) -> ListingCreated:
    """A request with a strong proposal that nobody answered."""
    request = a_lonely_request()
    await published(matching, an_offer(), request)
    await passes()
    assert await matching.value("select strength from proposal") == "strong"
    return request


async def edited(matching: Any, passes: Pass, request: ListingCreated, **fields: Any) -> None:
    content = request.content.model_copy(update=fields)
    change = {"revision": request.revision + 1, "content": content}
    update = ListingUpdated.model_validate(dict(request) | change)
    state = as_state(request, revision=update.revision)
    await matching.hears(update, state.model_copy(update={"content": content}))
    await passes()
    matching.now += timedelta(days=2)
    await passes()


OTHERWISE = {"title": "Pflegebetten gesucht", "description": "Wir suchen zwanzig Pflegebetten."}


async def test_a_request_edited_into_something_else_is_met_no_more(
    matching: Any, passes: Pass
) -> None:
    request = await met(matching, passes)
    await edited(matching, passes, request, **OTHERWISE)

    (told,) = await matching.published(RequestUnmet)
    assert told.title == "Pflegebetten gesucht"


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_until": START + timedelta(days=80)},
        {"description": "Für ein Laborgerät suchen wir präzise Dosierpumpen, 200 Stück."},
    ],
)
async def test_a_request_confirmed_or_worded_better_stays_met(
    matching: Any, passes: Pass, fields: dict[str, Any]
) -> None:
    request = await met(matching, passes)
    await edited(matching, passes, request, **fields)

    assert await matching.published(RequestUnmet) == []


async def test_interest_in_an_edited_request_keeps_it_met(matching: Any, passes: Pass) -> None:
    request = await met(matching, passes)
    async with matching.pool.transaction() as connection:
        await connection.execute(
            "insert into answer (proposal_id, side, answer, answered_at, subjects)"
            " select proposal_id, 'offer', 'interested', $1, subjects from proposal",
            matching.now,
        )
    await edited(matching, passes, request, **OTHERWISE)

    assert await matching.published(RequestUnmet) == []


async def test_a_proposal_of_which_no_wording_was_kept_counts_as_before(
    matching: Any, passes: Pass
) -> None:
    request = await met(matching, passes)
    async with matching.pool.transaction() as connection:
        await connection.execute("update proposal set request_wording = null")
    await edited(matching, passes, request, **OTHERWISE)

    assert await matching.published(RequestUnmet) == []


@pytest.mark.parametrize("anonymous", [False, True])
async def test_an_offer_that_ended_is_a_reason(
    matching: Any, passes: Pass, *, anonymous: bool
) -> None:
    firm = a_firm("Nordhandel", "Handel mit vielerlei Waren.")
    visibility = Visibility.ANONYMOUS if anonymous else Visibility.PUBLIC
    offer = an_offer(organisation_id=firm.organisation_id, visibility=visibility)
    await matching.hears(firm)
    await published(matching, offer)
    await passes()
    await matching.hears(
        Gone(state=ListingState, id=offer.listing_id, revision=offer.revision + 1), closing(offer)
    )
    await published(matching, a_lonely_request())
    matching.now += timedelta(days=2)
    await passes()

    (candidate,) = await candidates(matching)
    assert candidate["organisation_id"] == firm.organisation_id
    assert '"had_offer": true' in candidate["reasons"]
    assert ("Dosierpumpen für Labore" in candidate["reasons"]) is not anonymous


@pytest.mark.parametrize("closed", [True, False])
async def test_an_erased_or_unexplained_offer_is_no_reason(
    matching: Any, passes: Pass, *, closed: bool
) -> None:
    firm = a_firm("Nordhandel", "Handel mit vielerlei Waren.")
    offer = an_offer(organisation_id=firm.organisation_id)
    await matching.hears(firm)
    await published(matching, offer)
    await passes()
    await matching.hears(Gone(state=ListingState, id=offer.listing_id, revision=10**12))
    if closed:
        erased = {"reason": ClosingReason.ERASED}
        await matching.hears(ListingClosed.model_validate(dict(closing(offer)) | erased))
    await published(matching, a_lonely_request())
    matching.now += timedelta(days=2)
    await passes()

    assert await candidates(matching) == []
    assert await matching.value("select count(*) from capability where source = 'offer'") == (
        0 if closed else 1
    )


async def test_ones_own_and_a_competitor_are_no_candidates(matching: Any, passes: Pass) -> None:
    own, competitor, other = a_pump_maker(), a_pump_maker(), a_pump_maker()
    request = a_lonely_request(organisation_id=own.organisation_id)
    await matching.hears(own, competitor, other)
    await published(matching, request, an_offer(organisation_id=competitor.organisation_id))
    await passes()
    async with matching.pool.transaction() as connection:
        await connection.execute(
            "insert into hidden_pair (organisation_id, hidden_organisation_id, proposal_id,"
            " subjects) select offer_organisation_id, request_organisation_id, proposal_id,"
            " subjects from proposal"
        )
        await connection.execute("update proposal set withdrawn_at = proposed_at")
    matching.now += timedelta(days=2)
    await passes()

    (candidate,) = await candidates(matching)
    assert candidate["organisation_id"] == other.organisation_id


async def test_a_closed_request_is_told_no_more(matching: Any, passes: Pass) -> None:
    request = a_lonely_request()
    await matching.hears(a_pump_maker())
    await published(matching, request)
    await passes()
    await matching.hears(closing(request))
    matching.now += timedelta(days=2)
    await passes()

    assert await matching.published(RequestUnmet) == []
    assert await matching.value("select count(*) from awaited_request") == 0


async def test_what_is_not_matched_yet_is_not_unmet(matching: Any) -> None:
    await published(matching, a_lonely_request())
    matching.now += timedelta(days=2)
    sweeper = Sweeper(sweeps, pool=matching.pool, clock=lambda: matching.now, every_seconds=60)
    await sweeper.run_once(matching.now)

    assert await matching.value("select unmet_at is null from awaited_request")


async def test_a_firm_that_joins_later_is_ranked_and_nothing_told_again(
    matching: Any, passes: Pass
) -> None:
    await published(matching, a_lonely_request())
    matching.now += timedelta(days=2)
    await passes()
    assert (await matching.published(RequestUnmet))[0].candidates == 0
    matching.now += timedelta(hours=1)
    await matching.hears(a_pump_maker())
    await passes()

    assert len(await candidates(matching)) == 1
    assert len(await matching.published(RequestUnmet)) == 1


async def test_a_new_profile_is_read_again_and_an_unchanged_one_not(
    matching: Any, passes: Pass
) -> None:
    maker = a_pump_maker()
    await matching.hears(maker)
    await passes()
    read = await matching.value("select changed_at from capability")
    matching.now += timedelta(hours=1)
    await matching.hears(maker.model_copy(update={"revision": 2, "allows_enquiries": False}))
    await passes()
    assert await matching.value("select changed_at from capability") == read

    changes = {"revision": 3, "capabilities": "Wir backen jetzt Brot."}
    await matching.hears(maker.model_copy(update=changes))
    await passes()
    assert await matching.value("select changed_at from capability") > read
    assert "umpen" not in await matching.value("select text ->> 'description' from capability")


async def test_the_nearer_of_two_equals_comes_first(matching: Any, passes: Pass) -> None:
    far, near = a_pump_maker(), a_pump_maker(place=ROSTOCK)
    await matching.hears(far, near)
    await published(matching, a_lonely_request())
    matching.now += timedelta(days=2)
    await passes()

    first, second = await candidates(matching)
    assert first["organisation_id"] == near.organisation_id
    assert second["organisation_id"] == far.organisation_id


async def test_from_an_anonymous_request_no_distance_is_told(matching: Any, passes: Pass) -> None:
    await matching.hears(a_pump_maker())
    await published(matching, a_lonely_request(visibility=Visibility.ANONYMOUS))
    matching.now += timedelta(days=2)
    await passes()

    (candidate,) = await candidates(matching)
    assert '"distance_km": null' in candidate["reasons"]


async def test_an_erased_firm_leaves_nothing(matching: Any, passes: Pass) -> None:
    maker = a_pump_maker()
    await matching.hears(maker)
    await published(matching, a_lonely_request())
    matching.now += timedelta(days=2)
    await passes()
    await matching.hears(Gone(state=OrganisationState, id=maker.organisation_id, revision=10**12))
    await passes()

    assert await candidates(matching) == []
    assert await matching.value("select count(*) from capability") == 0


async def test_an_erased_seeker_leaves_nothing(matching: Any, passes: Pass) -> None:
    request = a_request()
    await matching.hears(a_pump_maker())
    await published(matching, request)
    matching.now += timedelta(days=2)
    await passes()
    seeker = request.organisation_id
    await matching.hears(Gone(state=OrganisationState, id=seeker, revision=10**12))

    assert await candidates(matching) == []
    assert await matching.value("select count(*) from awaited_request") == 0
