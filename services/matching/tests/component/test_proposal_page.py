"""The page behind the mail's link: GET shows, POST answers, a bad link gets a kind word."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from kept_listing_builders import WISMAR, a_member, a_request, an_offer, an_organisation, closing

from chassis.envelope import Gone
from schemas.claims import LinkClaims
from schemas.listing import ListingCreated
from schemas.match import MatchAnswered, MatchProposed
from schemas.member import MemberState
from schemas.vocabulary import Language, Visibility

pytestmark = pytest.mark.model


@dataclass(frozen=True)
class Proposed:
    offer: ListingCreated
    request: ListingCreated
    member: MemberState
    proposal: MatchProposed
    link: str


async def everything_due_is_matched(matching: Any, engine: Any) -> None:
    worker = matching.a_worker(engine)
    while await worker.turn():
        pass


async def a_proposal(matching: Any, engine: Any, linked: Any, **offered: Any) -> Proposed:
    """Seen by a member of the requesting organisation."""
    offer, request = an_offer(**offered), a_request()
    member = a_member(request.organisation_id)
    await matching.hears(
        an_organisation(offer.organisation_id, "Wismarer Pumpenbau GmbH"),
        an_organisation(request.organisation_id, "Hanse-Labor e. K."),
        member,
        offer,
        request,
    )
    await everything_due_is_matched(matching, engine)
    (proposal,) = await matching.proposals()
    link = linked(proposal, member.member_id, request.organisation_id)
    return Proposed(offer=offer, request=request, member=member, proposal=proposal, link=link)


@pytest.fixture
async def proposed(matching: Any, engine: Any, linked: Any) -> Proposed:
    return await a_proposal(matching, engine, linked)


async def post(matching: Any, link: str, **fields: str) -> Any:
    page = await matching.http.get(link)
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None
    return await matching.http.post(link, data={"form_token": token[1], **fields})


async def test_shows_both_listings_and_why_and_changes_nothing(
    matching: Any, proposed: Proposed
) -> None:
    page = await matching.http.get(proposed.link)

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    for said in ("Wismarer Pumpenbau GmbH", "Dosierpumpen für Labore", "Dosierpumpen gesucht",
                 "Ein Vorschlag für Hanse-Labor e. K.", "km Luftlinie", "Wismar"):  # fmt: skip
        assert said in page.text
    assert await matching.published(MatchAnswered) == []


async def test_why_comes_before_the_texts_and_no_asked_reason_is_called_optional(
    matching: Any, proposed: Proposed
) -> None:
    page = (await matching.http.get(proposed.link)).text

    assert page.index('id="why"') < page.index('id="counterpart-title"')
    assert "optional" not in page


async def test_a_long_way_is_not_told_among_what_speaks_for_the_pair(
    matching: Any, engine: Any, linked: Any
) -> None:
    far = WISMAR.model_copy(update={"latitude": 48.1})
    proposed = await a_proposal(matching, engine, linked, place=far)

    page = await matching.http.get(proposed.link)

    assert page.status_code == 200
    assert "km Luftlinie" not in page.text


async def test_speaks_english(matching: Any, proposed: Proposed) -> None:
    page = await matching.http.get(f"{proposed.link}?lang=en")

    assert "This offer could fit your request" in page.text


async def test_reads_on_in_the_language_of_the_mail(matching: Any, proposed: Proposed) -> None:
    in_english = {"revision": 2, "language": Language.ENGLISH}
    await matching.hears(proposed.member.model_copy(update=in_english))

    page = await matching.http.get(proposed.link, headers={"Accept-Language": "de"})

    assert "This offer could fit your request" in page.text


async def test_an_anonymous_counterpart_is_not_named(
    matching: Any, engine: Any, linked: Any
) -> None:
    proposed = await a_proposal(matching, engine, linked, visibility=Visibility.ANONYMOUS)
    page = await matching.http.get(proposed.link)

    assert "Dosierpumpen für Labore" in page.text
    assert "Wismarer" not in page.text
    assert "23966" not in page.text


async def test_interest_leads_to_the_contact_form(
    matching: Any, proposed: Proposed, contact_signer: Any
) -> None:
    answered = await post(matching, proposed.link, answer="interested")

    assert answered.status_code == 303
    onward = urlsplit(answered.headers["location"])
    assert onward.query == f"proposal={proposed.proposal.proposal_id}"
    claims = LinkClaims.unpacked(contact_signer.verify(onward.path.removeprefix("/contacts/new/")))
    assert claims.object_id == proposed.offer.listing_id
    assert claims.organisation_id == proposed.request.organisation_id
    assert claims.member_id == proposed.member.member_id
    (fact,) = await matching.published(MatchAnswered)
    assert (fact.side, fact.answer, fact.reason) == ("request", "interested", None)


async def test_an_answer_can_be_repeated_and_corrected(matching: Any, proposed: Proposed) -> None:
    for fields in (
        {"answer": "interested"},
        {"answer": "interested"},
        {"answer": "not-for-us", "reason": "quantity"},
    ):
        assert (await post(matching, proposed.link, **fields)).status_code == 303

    first, second = await matching.published(MatchAnswered)
    assert (second.answer, second.reason) == ("not-for-us", "quantity")
    assert first.revision < second.revision
    assert await matching.value("select count(*) from answer") == 1
    assert "Die Menge passt nicht." in (await matching.http.get(proposed.link)).text


async def test_a_competitor_is_not_proposed_again(
    matching: Any, engine: Any, proposed: Proposed
) -> None:
    await post(matching, proposed.link, answer="not-for-us", reason="competitor")
    await matching.hears(an_offer(organisation_id=proposed.offer.organisation_id), an_offer())
    await everything_due_is_matched(matching, engine)

    _, other = await matching.proposals()
    assert other.offer.organisation_id != proposed.offer.organisation_id


@pytest.mark.parametrize(
    "fields", [{}, {"answer": "perhaps"}, {"answer": "not-for-us"},
               {"answer": "not-for-us", "reason": "because"}],
)  # fmt: skip
async def test_a_bad_answer_is_refused_in_words(
    matching: Any, proposed: Proposed, fields: dict[str, str]
) -> None:
    refused = await post(matching, proposed.link, **fields)

    assert refused.status_code == 422
    assert await matching.published(MatchAnswered) == []
    assert await matching.value("select count(*) from answer") == 0


async def test_without_the_forms_token_nothing_is_answered(
    matching: Any, proposed: Proposed
) -> None:
    refused = await matching.http.post(proposed.link, data={"answer": "interested"})

    assert refused.status_code == 403
    assert await matching.published(MatchAnswered) == []


async def test_a_forged_link_says_what_to_do(matching: Any, proposed: Proposed) -> None:
    for forged in ("/matching/proposals/AAAA", proposed.link[:-4] + "AAAA"):
        page = await matching.http.get(forged)
        assert page.status_code == 404
        assert "direkt aus der E-Mail" in page.text


async def test_an_expired_link_is_gone(matching: Any, proposed: Proposed, linked: Any) -> None:
    link = linked(
        proposed.proposal, proposed.member.member_id, proposed.request.organisation_id, days=-1
    )

    assert (await matching.http.get(link)).status_code == 410


async def test_a_foreign_organisations_link_opens_nothing(
    matching: Any, proposed: Proposed, linked: Any
) -> None:
    link = linked(proposed.proposal, proposed.member.member_id, proposed.offer.organisation_id)

    assert (await matching.http.get(link)).status_code == 410


async def test_a_withdrawn_proposal_and_an_erased_member_are_gone(
    matching: Any, proposed: Proposed
) -> None:
    await post(matching, proposed.link, answer="interested")
    member_id = proposed.member.member_id
    await matching.hears(Gone(state=MemberState, id=member_id, revision=10**12))
    assert (await matching.http.get(proposed.link)).status_code == 410
    assert await matching.value("select member_id is null from answer")

    await matching.hears(proposed.member.model_copy(update={"revision": 10**12 + 1}))
    assert (await matching.http.get(proposed.link)).status_code == 200
    await matching.hears(closing(proposed.offer))
    page = await matching.http.get(proposed.link)
    assert page.status_code == 410
    assert "Dieser Vorschlag hat sich erledigt" in page.text
