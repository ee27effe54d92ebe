"""The worker on a real database with the real engine: each fitting pair once, whoever is first."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from asyncpg import RaiseError
from kept_listing_builders import a_request, an_offer, as_state, closing

from chassis.envelope import Gone
from matching.encoder import Encoder, Encoding, UnusableVector
from matching.worker import AT_ONCE, LEASE, Matching
from schemas.listing import ListingCreated, ListingState
from schemas.match import MatchWithdrawn
from schemas.vocabulary import ListingStatus, Visibility

pytestmark = pytest.mark.model


async def worked(worker: Matching) -> None:
    while await worker.turn():
        pass


@pytest.mark.parametrize("offer_first", [True, False])
async def test_a_fitting_pair_is_proposed_once(
    matching: Any, engine: Any, *, offer_first: bool
) -> None:
    offer, request = an_offer(), a_request()
    worker = matching.a_worker(engine)
    for event in (offer, request) if offer_first else (request, offer):
        await matching.hears(event)
        await worked(worker)
    await matching.hears(as_state(request, revision=2_000))
    await worked(worker)

    (proposal,) = await matching.proposals()
    assert proposal.offer.listing_id == offer.listing_id
    assert proposal.request.listing_id == request.listing_id
    assert proposal.reasons.words
    assert proposal.reasons.distance_km in range(45, 56)
    assert (proposal.offer.city, proposal.request.city) == ("Wismar", "Rostock")
    assert await matching.value("select count(*) from match_due") == 0
    assert await matching.value("select d > 4 and engine_version <> '' from proposal")


@dataclass(frozen=True)
class ReadsInPairs:
    """The real encoder; each text waits until another one is being read."""

    encoder: Encoder
    pair: Barrier

    def encode(self, text: str) -> Encoding:
        self.pair.wait(timeout=90)
        return self.encoder.encode(text)


async def test_of_several_that_are_due_two_are_read_at_a_time(matching: Any, engine: Any) -> None:
    in_pairs = ReadsInPairs(encoder=engine.encoder, pair=Barrier(2))
    await matching.hears(an_offer(), a_request())

    await worked(matching.a_worker(replace(engine, encoder=in_pairs)))

    assert len(await matching.proposals()) == 1


async def test_what_does_not_fit_is_not_proposed(matching: Any, engine: Any) -> None:
    await matching.hears(an_offer(), a_request("Pflegebetten", "Wir suchen gebrauchte Betten."))
    await worked(matching.a_worker(engine))

    assert await matching.proposals() == []


@pytest.mark.parametrize(("rounds", "decided"), [((3, 2, 9), 7), ((3, 2), 5), ((3,), 3)])
async def test_a_crowd_that_fits_is_decided_some_at_a_time(
    matching: Any, engine: Any, rounds: tuple[int, ...], decided: int
) -> None:
    worker = matching.a_worker(engine, rounds=rounds)
    await matching.hears(*(an_offer() for _ in range(7)))
    await worked(worker)

    await matching.hears(
        a_request(
            "Dosierpumpen für Labore",
            "Wir suchen präzise Dosierpumpen und Schlauchpumpen für Laborgeräte, ab Lager.",
        )
    )
    await worked(worker)

    pairs = "select (select count(*) from proposal) + (select count(*) from waiting_proposal)"
    assert await matching.value(pairs) == decided
    assert await matching.value("select count(*) from match_due") == 0


async def test_later_turns_decide_anew_what_another_version_decided(
    matching: Any, engine: Any
) -> None:
    worker = matching.a_worker(engine, rounds=(5, 9))
    await matching.hears(*(an_offer() for _ in range(7)))
    await worked(worker)
    await matching.hears(a_request())
    while not await matching.value("select round from match_due where round > 0"):
        await worker.turn()

    await matching.value("update waiting_proposal set engine_version = 'former' returning 1")
    await worked(worker)

    pairs = "select (select count(*) from proposal) + (select count(*) from waiting_proposal)"
    assert await matching.value(pairs) == 7
    assert await matching.value("select bool_and(engine_version <> 'former') from waiting_proposal")


async def test_ones_own_organisation_is_not_proposed(matching: Any, engine: Any) -> None:
    own = uuid4()
    await matching.hears(an_offer(organisation_id=own), a_request(organisation_id=own))
    await worked(matching.a_worker(engine))

    assert await matching.proposals() == []


async def test_the_expired_and_the_paused_are_not_proposed(matching: Any, engine: Any) -> None:
    paused = an_offer()
    expired = an_offer(valid_until=matching.now)
    await matching.hears(expired, as_state(paused, ListingStatus.PAUSED), a_request())
    await worked(matching.a_worker(engine))

    assert await matching.proposals() == []


async def test_an_anonymous_listing_gives_its_place_away_nowhere(
    matching: Any, engine: Any
) -> None:
    await matching.hears(an_offer(visibility=Visibility.ANONYMOUS), a_request())
    await worked(matching.a_worker(engine))

    (proposal,) = await matching.proposals()
    assert proposal.offer.city is None
    assert proposal.reasons.distance_km is None


@pytest.mark.parametrize("by_tombstone", [True, False])
async def test_closing_withdraws(matching: Any, engine: Any, *, by_tombstone: bool) -> None:
    offer = an_offer()
    await matching.hears(offer, a_request())
    await worked(matching.a_worker(engine))
    gone = Gone(state=ListingState, id=offer.listing_id, revision=offer.revision + 1)
    await matching.hears(gone if by_tombstone else closing(offer))
    await matching.hears(closing(offer) if by_tombstone else gone)

    (withdrawn,) = await matching.published(MatchWithdrawn)
    (proposed,) = await matching.proposals()
    assert withdrawn.proposal_id == proposed.proposal_id
    assert withdrawn.revision > proposed.revision


async def test_a_restart_encodes_nothing_again(matching: Any, engine: Any) -> None:
    await matching.hears(an_offer())
    await worked(matching.a_worker(engine))
    stored = await matching.value("select changed_by::text from analysis")
    await matching.hears(a_request())
    await worked(matching.a_worker(engine))

    assert len(await matching.proposals()) == 1
    assert await matching.value("select min(changed_by)::text from analysis") == stored


class RefusesOneTitle:
    """The real encoder, but for one text it gives no number."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode(self, text: str) -> Encoding:
        if text.startswith("Unlesbar"):
            raise UnusableVector
        return self._encoder.encode(text)


async def test_an_unusable_vector_is_marked_and_holds_nobody_up(matching: Any, engine: Any) -> None:
    broken = an_offer("Unlesbar")
    refusing = replace(engine, encoder=RefusesOneTitle(engine.encoder))
    await matching.hears(broken, an_offer(), a_request())
    await worked(matching.a_worker(refusing))

    assert len(await matching.proposals()) == 1
    assert await matching.value(
        "select unusable from analysis where listing_id = $1", broken.listing_id
    )


def everybody_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting, value in (("WAVE", 100), ("WEEKLY_PROPOSALS", 100), ("EXPOSURE_STEP", 0)):
        monkeypatch.setenv(f"MATCHING_{setting}", str(value))


FAULT = (
    (
        "create function refuse() returns trigger language plpgsql as"
        " $$ begin raise exception 'the disk is full'; end $$"
    ),
    "create trigger refuse before insert on proposal for each row execute function refuse()",
)


async def test_two_workers_and_a_fault_miss_no_pair_and_repeat_none(
    matching: Any, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_at_once(monkeypatch)
    offers: Sequence[ListingCreated] = [an_offer() for _ in range(15)]
    requests: Sequence[ListingCreated] = [a_request() for _ in range(15)]
    mixed = [event for pair in zip(offers, requests, strict=True) for event in pair]
    await matching.hears(*mixed)
    for statement in FAULT:
        await matching.value(statement)
    with pytest.raises(RaiseError, match="the disk is full"):
        await worked(matching.a_worker(engine))
    await matching.value("drop trigger refuse on proposal")
    await asyncio.gather(*(worked(matching.a_worker(engine)) for _ in range(2)))
    assert await matching.value("select count(*) from match_due") == AT_ONCE
    matching.now += LEASE + timedelta(seconds=1)
    await asyncio.gather(*(worked(matching.a_worker(engine)) for _ in range(2)))

    proposed = [
        (each.offer.listing_id, each.request.listing_id) for each in await matching.proposals()
    ]
    everybody = {(offer.listing_id, request.listing_id) for offer in offers for request in requests}
    assert len(proposed) == len(everybody)
    assert set(proposed) == everybody
    assert await matching.value("select count(*) from match_due") == 0
