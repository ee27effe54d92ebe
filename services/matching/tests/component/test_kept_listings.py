"""Kafka in: one event makes one due row; a redelivery, or the same news from state, none."""

from typing import Any
from uuid import uuid4

import pytest
from kept_listing_builders import a_request, an_offer, as_state, closing

from chassis.envelope import Gone
from matching.engine_source import EngineSource
from matching.model import MissingModel
from matching.worker import Matching
from schemas.listing import ListingState, ListingUpdated
from schemas.organisation import OrganisationState
from schemas.vocabulary import ListingStatus


async def due(matching: Any) -> int:
    return int(await matching.value("select count(*) from match_due"))


async def test_a_published_listing_becomes_due(matching: Any) -> None:
    offer = an_offer()
    await matching.hears(offer)

    assert await due(matching) == 1
    kept = "select live and not exists (select from analysis) and subjects = array[$2::uuid] from listing where listing_id = $1"  # noqa: E501
    assert await matching.value(kept, offer.listing_id, offer.organisation_id)


async def test_a_redelivery_changes_nothing(matching: Any, as_record: Any) -> None:
    record = as_record(an_offer())
    await matching.receives(record)
    await matching.value("delete from match_due")
    await matching.receives(record)

    assert await due(matching) == 0


@pytest.mark.parametrize("state_first", [True, False])
async def test_fact_and_state_of_one_revision_make_one_due_row(
    matching: Any, *, state_first: bool
) -> None:
    fact = an_offer()
    first, second = (as_state(fact), fact) if state_first else (fact, as_state(fact))
    await matching.hears(first)
    await matching.value("delete from match_due")
    await matching.hears(second)

    assert await due(matching) == 0
    assert await matching.value("select count(*) from listing") == 1


@pytest.mark.parametrize("late", [False, True])
async def test_a_paused_listing_waits_until_it_returns(matching: Any, *, late: bool) -> None:
    fact = an_offer()
    await matching.hears(fact)
    await matching.hears(as_state(fact, ListingStatus.PAUSED, revision=0 if late else 1_001))
    assert await due(matching) == 0
    assert not await matching.value("select live from listing")

    await matching.hears(as_state(fact, revision=1_002))
    assert await due(matching) == 1


@pytest.mark.parametrize("status", [ListingStatus.PAUSED, ListingStatus.PUBLISHED])
async def test_a_paused_listing_that_is_edited_lives_only_once_its_state_says_so(
    matching: Any, status: ListingStatus
) -> None:
    fact = an_offer()
    await matching.hears(fact, as_state(fact, ListingStatus.PAUSED, revision=1_001))
    edited = fact.content.model_copy(update={"title": "Schlauchpumpen für Labore"})
    update = ListingUpdated.model_validate(dict(fact) | {"revision": 1_002, "content": edited})

    await matching.hears(update)

    assert await due(matching) == 0
    kept = "select (live, content ->> 'title', revision) from listing"
    assert await matching.value(kept) == (False, edited.title, 1_002)

    await matching.hears(
        as_state(fact.model_copy(update={"content": edited}), status, revision=1_002)
    )
    assert await matching.value("select live from listing") is (status is ListingStatus.PUBLISHED)
    assert await due(matching) == (1 if status is ListingStatus.PUBLISHED else 0)


async def test_a_state_that_says_paused_is_not_overruled_by_the_fact_beside_it(
    matching: Any,
) -> None:
    fact = an_offer()
    await matching.hears(as_state(fact, ListingStatus.PAUSED))
    await matching.hears(fact.model_copy(update={"revision": 1_001}))

    assert not await matching.value("select live from listing")
    assert await matching.value("select count(*) from entered_listing") == 0


async def test_a_closed_listing_leaves_a_gravestone_that_nothing_older_revives(
    matching: Any,
) -> None:
    fact = an_offer()
    await matching.hears(closing(fact))
    await matching.hears(fact, as_state(fact))

    assert await due(matching) == 0
    assert await matching.value("select not live and content is null from listing")


async def test_an_erased_organisations_texts_are_blanked_and_stay_so(matching: Any) -> None:
    fact = an_offer()
    await matching.hears(fact)
    gone = Gone(state=OrganisationState, id=fact.organisation_id, revision=10**12)
    await matching.hears(gone)
    late = fact.model_copy(update={"revision": 2_000})
    await matching.hears(late, an_offer(organisation_id=fact.organisation_id))

    assert await matching.value("select count(*) from listing where content is not null") == 0


async def test_a_tombstone_of_an_unknown_listing_is_harmless(matching: Any) -> None:
    await matching.hears(Gone(state=ListingState, id=uuid4(), revision=10**12))

    assert await due(matching) == 0


async def test_without_a_model_what_is_due_waits(matching: Any) -> None:
    def load() -> Any:
        raise MissingModel

    await matching.hears(an_offer(), a_request())
    worker = Matching(EngineSource(load), pool=matching.pool, clock=lambda: matching.now)

    assert await worker.turn() is False
    assert await due(matching) == 2
