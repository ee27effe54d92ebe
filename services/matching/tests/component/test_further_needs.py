"""A request's further needs on a real database: each meets offers like a request of its own."""

from typing import Any

from kept_listing_builders import a_request, an_offer
from matching_builders import WordEncoder, a_version, unsplit

from matching.engine import Engine
from matching.lexicon import Lexicon

ENGINE = Engine(
    encoder=WordEncoder(), lexicon=Lexicon(unsplit), version=a_version("shipped"), threshold=2.0
)
NEED = "masken atemschutz filter"


async def worked(worker: Any) -> None:
    while await worker.turn():
        pass


async def test_an_offer_that_meets_a_further_need_says_which(matching: Any) -> None:
    request = a_request("betten pflege matratzen", "Gesucht wird vieles.", needs=(NEED, "kurier"))
    offer = an_offer("masken atemschutz filter", "ab lager sofort")
    other = an_offer("betten pflege matratzen", "ab lager sofort")
    await matching.hears(request, offer, other)
    await worked(matching.a_worker(ENGINE))

    met = {each.offer.listing_id: each.reasons.met_need for each in await matching.proposals()}
    assert met == {offer.listing_id: NEED, other.listing_id: None}


async def test_a_need_that_the_text_states_is_matched_and_quoted(matching: Any) -> None:
    stated = f"Gesucht wird vieles, außerdem Masken {NEED}."
    offer = an_offer("masken atemschutz filter", "ab lager sofort")
    await matching.hears(a_request("betten pflege matratzen", stated), offer)
    await worked(matching.a_worker(ENGINE))

    (met,) = await matching.proposals()
    assert met.reasons.met_need == f"Masken {NEED}"


async def test_a_need_leaves_an_offers_first_place_to_whoever_seeks_it_above_all(
    matching: Any,
) -> None:
    offer = an_offer("masken atemschutz filter", "ab lager sofort")
    by_the_way = [a_request(title, "Vieles.", needs=(NEED,)) for title in ("betten", "proben")]
    above_all = a_request("masken atemschutz kurier", "dringend")
    await matching.hears(offer, *by_the_way, above_all)
    await worked(matching.a_worker(ENGINE))

    met = {each.request.listing_id for each in await matching.proposals()}
    assert above_all.listing_id in met


async def test_needs_that_change_are_read_anew(matching: Any) -> None:
    request = a_request("betten pflege matratzen", "Gesucht.", needs=(NEED, "kurier"))
    await matching.hears(request)
    await worked(matching.a_worker(ENGINE))
    fewer = request.content.model_copy(update={"needs": ("kurier",)})
    changed = request.model_copy(update={"content": fewer, "revision": request.revision + 1})
    await matching.hears(changed, an_offer("masken atemschutz filter", "ab lager sofort"))
    await worked(matching.a_worker(ENGINE))

    assert await matching.value("select max(part) from analysis") == 1
    assert await matching.proposals() == []
