"""Answers become labels; commands evaluate them and learn a threshold, which a worker follows."""

import asyncio
import csv
import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from kept_listing_builders import START, a_member, a_request, an_offer, closing
from spread_builders import VERSION, a_decision, an_active_version, answered, answering, decided
from typer.testing import CliRunner, Result

from chassis.envelope import Gone
from matching import version_storage
from matching.app import service
from matching.evaluation.command_line import evaluation_commands
from matching.proposal import GivenAnswer
from schemas.match import MatchAnswered
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import Answer, DeclineReason

LABEL = """select (answer, reason, request_category, offer_category, strength, reason_kinds,
    words ->> 0, hindrance, engine_version, d, features ->> 'tokens') from label"""
WORDS = '{"offer_word": "Dosierpumpen", "request_word": "Pumpen"}'


async def a_proposal(matching: Any) -> Any:
    offer, request = an_offer(), a_request()
    await an_active_version(matching)
    await matching.hears(offer, request)
    pair = a_decision(offer, request, at=matching.now)
    await decided(matching, pair)
    return offer, request, pair


@pytest.mark.parametrize("reason", [None, *DeclineReason])
async def test_an_answer_is_a_label(matching: Any, reason: DeclineReason | None) -> None:
    _, _, pair = await a_proposal(matching)
    await answered(matching, pair, reason)

    said = ("interested", None) if reason is None else ("not-for-us", reason.value)
    kinds = ["words", "category", "distance"]
    known = ("medical", "medical", "possible", kinds, WORDS, None, VERSION, 5.0, "4.1")
    assert await matching.value(LABEL) == (*said, *known)


async def test_a_later_answer_replaces_the_earlier_one_of_its_side(matching: Any) -> None:
    _, _, pair = await a_proposal(matching)
    await answered(matching, pair, DeclineReason.REGION)
    await answered(matching, pair, DeclineReason.QUANTITY)
    await answered(matching, pair, None, by_offer=True)

    query = "select array_agg((side, answer, reason) order by side) from label"
    assert await matching.value(query) == [
        ("offer", "interested", None),
        ("request", "not-for-us", "quantity"),
    ]


async def test_a_label_tells_what_hindered_by_then(matching: Any) -> None:
    offer, _, pair = await a_proposal(matching)
    matching.now = offer.content.valid_until
    await answered(matching, pair, DeclineReason.OUTDATED)

    assert await matching.value("select hindrance from label") == "closed"


async def test_a_label_outlives_its_listings_and_loses_its_words_to_an_erasure(
    matching: Any,
) -> None:
    offer, _, pair = await a_proposal(matching)
    await answered(matching, pair, None)
    await matching.hears(closing(offer))
    query = "select (request_category, words::text, cardinality(subjects)) from label"
    assert (await matching.value(query))[2] == 2

    await matching.hears(Gone(state=OrganisationState, id=offer.organisation_id, revision=9_000))
    assert await matching.value(query) == ("medical", "[]", 1)


async def test_an_answer_that_an_erasure_of_its_writer_meets_names_nobody(matching: Any) -> None:
    _, request, pair = await a_proposal(matching)
    member = a_member(request.organisation_id)
    await matching.hears(member)

    async with matching.pool.transaction() as connection:
        given = GivenAnswer(answer=Answer.INTERESTED)
        await answering(connection, pair, given, member, at=matching.now)
        gone = Gone(state=MemberState, id=member.member_id, revision=10**12)
        erasure = await matching.begins_to_hear(gone)
    await erasure

    assert await matching.value("select member_id is null from answer")
    topic = MatchAnswered.topic
    assert await matching.value("select payload is null from outbox where topic = $1", topic)


@pytest.fixture
def environment(matching: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = matching.runtime.settings
    monkeypatch.setenv("MATCHING_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MATCHING_FORM_KEY", settings.form_key)
    monkeypatch.setenv("MATCHING_LINK_KEYS", json.dumps(settings.link_keys))
    monkeypatch.setenv("COLUMNS", "200")


async def typed(*words: str) -> Result:
    group = evaluation_commands(service)
    return await asyncio.to_thread(CliRunner().invoke, group, list(words))


def rows_of(result: Result) -> Sequence[dict[str, str]]:
    return list(csv.DictReader(StringIO(result.stdout)))


@pytest.mark.usefixtures("environment")
async def test_without_answers_it_says_so(matching: Any) -> None:
    await an_active_version(matching)

    shown = await typed("evaluate")
    assert (shown.exit_code, shown.stdout) == (
        0,
        "No proposal has been answered yet: there is nothing to evaluate.\n",
    )
    refused = await typed("recalibrate", "--switch-on")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("0 answers judge pairs of the active version")


@pytest.mark.usefixtures("environment")
async def test_before_anything_was_matched_it_says_so(matching: Any) -> None:
    refused = await typed("recalibrate")

    assert refused.exit_code == 1
    assert "has not matched anything yet" in refused.stderr
    assert "nothing changed" in (await typed("recalibrate", "--switch-off")).stdout


@pytest.mark.usefixtures("environment")
async def test_few_answers_are_shown_with_a_warning(matching: Any) -> None:
    _, _, pair = await a_proposal(matching)
    await answered(matching, pair, DeclineReason.COMPETITOR)
    await answered(matching, pair, None, by_offer=True)
    shown = await typed("evaluate", "--sentence-share", "0")

    assert "Only 1 of 2 answers judge a pair" in shown.stdout
    for said in ("medical", "words", VERSION, "competitor", "21% to 100%",
                 "1 of 1 judged pairs would have been proposed"):  # fmt: skip
        assert said in shown.stdout


SPREAD_LABELS = """
    insert into label (proposal_id, side, answer, reason, request_category, offer_category,
        strength, reason_kinds, words, engine_version, q, d, features, answered_at, subjects)
    select p.proposal_id, 'request', case when fits then 'interested' else 'not-for-us' end,
        case when fits then null else 'wrong-product' end, 'medical', 'medical', 'possible',
        array['words'], '[]', p.engine_version, d, d,
        jsonb_build_object('tokens', d - 0.9, 'sentence', 1, 'lexical', 0, 'bar', 3.5,
            'same_category', true, 'across_categories', false), now(), p.subjects
    from made p cross join lateral (select p.d >= 5 or p.place % 4 = 0 as fits) as said
"""

MADE = """
    with made as (insert into proposal (proposal_id, offer_id, request_id, offer_organisation_id,
            request_organisation_id, revision, strength, reasons, q, d, engine_version,
            proposed_at, subjects)
        select gen_random_uuid(), o.listing_id, r.listing_id, o.organisation_id,
            r.organisation_id, 1, 'possible', '{}', d, d, $1, now(), '{}'
        from listing o, listing r,
            lateral (select 4.5 + (abs(hashtext(o.listing_id::text)) % 2) as d) as scored
        where o.kind = 'offer' and r.kind = 'request'
        returning *)
    , placed as (select *, row_number() over (order by proposal_id) as place from made)
"""


async def answers(matching: Any) -> dict[str, int]:
    """225 pairs, reached 4.5 and 5.5 in turn: below 5, one of four fits, above all do."""
    validity: dict[str, Any] = {"valid_until": START.replace(year=2099)}
    offers = [an_offer(**validity) for _ in range(15)]
    await an_active_version(matching)
    await matching.hears(*offers, *(a_request(**validity) for _ in range(15)))
    await matching.value(MADE + SPREAD_LABELS.replace("from made p", "from placed p"), VERSION)
    low = await matching.value("select count(*) from label where d < 5")
    fitting = await matching.value("select count(*) from label where answer = 'interested'")
    return {"all": 225, "low": low, "fitting": fitting}


@pytest.mark.usefixtures("environment")
async def test_evaluate_as_a_spreadsheet(matching: Any) -> None:
    counted = await answers(matching)
    rows = rows_of(await typed("evaluate", "--csv", "--possible", "5"))
    found = {(row["by"], row["group"]): (row["fitting"], row["judged"]) for row in rows}

    everything = (str(counted["fitting"]), "225")
    above = str(225 - counted["low"])
    assert found["all answers", "all"] == everything
    assert found["category", "medical"] == everything
    assert found["reason", "words"] == everything
    assert found["engine version", VERSION] == everything
    assert found["rescored", "under these weights"] == (above, above)


async def threshold(matching: Any) -> float | None:
    async with matching.pool.connection() as connection:
        row = await version_storage.in_state(connection, "active")
    assert row is not None
    value: float | None = row.threshold
    return value


@pytest.mark.usefixtures("environment")
async def test_a_learned_threshold_is_shown_then_switched_on_and_off(matching: Any) -> None:
    counted = await answers(matching)
    await matching.value("delete from match_due")
    learned = await typed("recalibrate", "--precision", "0.9")
    assert learned.exit_code == 0, learned.stderr
    above = 225 - counted["low"]
    for said in ("4.50", "5.50", f"({counted['fitting']}/225)", f"({above}/{above})", "It is off"):
        assert said in learned.stdout
    assert await threshold(matching) is None
    assert await matching.value("select count(*) from match_due") == 0

    assert "It is on" in (await typed("recalibrate", "--precision", "0.9", "--switch-on")).stdout
    assert await threshold(matching) == 5.5
    assert await matching.value("select count(*) from match_due") == 30

    assert "is off" in (await typed("recalibrate", "--switch-off")).stdout
    assert await threshold(matching) is None
    assert "nothing changed" in (await typed("recalibrate", "--switch-off")).stdout


@pytest.mark.usefixtures("environment")
async def test_the_operators_own_threshold_goes_first(
    matching: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answers(matching)
    monkeypatch.setenv("MATCHING_THRESHOLD", "4.0")
    shown = await typed("recalibrate", "--precision", "0.9", "--switch-on")

    assert "MATCHING_THRESHOLD is set and goes before it" in shown.stdout
    assert "4.00" in shown.stdout


@pytest.mark.model
async def test_a_worker_follows_the_switch(matching: Any, engine: Any) -> None:
    offer, request = an_offer(), a_request()
    worker = matching.a_worker(engine)
    while await worker.turn():
        pass
    await matching.value(
        "insert into calibration select number, 50, 0.9, 200, now(), true from analysis_version"
        " where state = 'active'"
    )
    await matching.hears(offer, request)
    while await worker.turn():
        pass
    assert await matching.proposals() == []

    await matching.value("update calibration set switched_on = false")
    await matching.value(
        "insert into match_due (listing_id, revision, correlation_id)"
        " select listing_id, revision, listing_id from listing"
    )
    while await worker.turn():
        pass
    assert len(await matching.proposals()) == 1
