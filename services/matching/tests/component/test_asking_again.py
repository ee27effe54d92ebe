"""An enquiry that reached nobody is sent again, once for each address that was corrected."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from kept_listing_builders import a_member, closing
from unmet_builders import Unmet, a_broker, a_pump_maker, approve, unmet

from chassis.envelope import Gone
from matching.enquiries.enquiry import SENT_WITHIN
from schemas.claims import LinkClaims
from schemas.links import LinkPurpose
from schemas.mail import MailBounced, MailSent
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.request import EnquiryAnswered, EnquiryApproved
from schemas.vocabulary import MailPurpose

BUTTON = "Noch einmal fragen"
AGAIN = "noch einmal versandt"
BOUNCED = "Unsere E-Mail kam dort nicht an"
WAITS = "noch keine Antwort, Frist bis"


def about(fact: EnquiryApproved) -> dict[str, Any]:
    return {
        "revision": 1,
        "occurred_at": "2026-03-20T12:00:00Z",
        "mail_id": uuid4(),
        "member_id": fact.organisation_id,
        "purpose": MailPurpose.CONTACTS,
        "template": "enquiry_approved",
        "about_id": fact.enquiry_id,
    }


def sent(fact: EnquiryApproved) -> MailSent:
    return MailSent(**about(fact))


def bounced(fact: EnquiryApproved) -> MailBounced:
    return MailBounced(**about(fact), hard=True, diagnostic="550 unknown user")


async def asked(matching: Any, **firm: Any) -> tuple[Unmet, OrganisationState, EnquiryApproved]:
    maker = a_pump_maker(**firm)
    found = await unmet(matching, maker)
    await approve(matching, found, maker)
    (fact,) = await matching.published(EnquiryApproved)
    return found, maker, fact


async def corrected(
    matching: Any, firm: OrganisationState, email: str = "neu@firma.example", *, revision: int = 2
) -> None:
    changed = {"revision": revision, "enquiry_email": email}
    await matching.hears(firm.model_copy(update=changed))


async def asked_in_vain(matching: Any) -> tuple[Unmet, OrganisationState, EnquiryApproved]:
    """The mail came back, and the firm's address was corrected since."""
    found, maker, fact = await asked(matching)
    await matching.hears(bounced(fact))
    await corrected(matching, maker)
    return found, maker, fact


async def token_on(matching: Any, found: Unmet) -> str:
    token = re.search(r'name="form_token" value="([^"]+)"', await shown(matching, found))
    assert token is not None
    return token[1]


async def presses(matching: Any, found: Unmet, firm: OrganisationState, token: str) -> Any:
    path = f"{found.path}/again/{firm.organisation_id}"
    return await matching.http.post(path, data={"form_token": token})


async def asks_again(matching: Any, found: Unmet, firm: OrganisationState) -> Any:
    return await presses(matching, found, firm, await token_on(matching, found))


async def shown(matching: Any, found: Unmet) -> str:
    page: str = (await matching.http.get(found.path)).text
    return page


class TestACorrectedAddress:
    async def test_the_broker_asks_again_with_one_button(self, matching: Any) -> None:
        found, maker, first = await asked(matching)
        await matching.hears(bounced(first))
        assert BUTTON not in await shown(matching, found)
        await corrected(matching, maker)
        assert BUTTON in await shown(matching, found)

        matching.now += timedelta(days=3)
        answer = await asks_again(matching, found, maker)

        assert answer.status_code == 303
        _, second = await matching.published(EnquiryApproved)
        assert (first.attempt, second.attempt) == (1, 2)
        assert (first.organisation_revision, second.organisation_revision) == (1, 2)
        assert second.enquiry_id == first.enquiry_id
        assert second.question == first.question
        assert second.reasons == first.reasons
        assert second.revision > first.revision
        assert second.expires_at == matching.now + timedelta(days=14)

    async def test_the_page_says_when_and_waits_for_the_answer(self, matching: Any) -> None:
        found, maker, _ = await asked_in_vain(matching)
        matching.now += timedelta(days=3)

        answer = await asks_again(matching, found, maker)

        page = (await matching.http.get(answer.headers["location"])).text
        assert "1 Organisation wird gefragt" in page
        assert re.search(rf"{AGAIN} am 23\.03\.\d+:\s+{WAITS}", page)
        assert BOUNCED not in page
        assert BUTTON not in page

    async def test_a_member_with_another_address_can_be_asked_again(self, matching: Any) -> None:
        maker = a_pump_maker(enquiry_email=None, has_members=True)
        member = a_member(maker.organisation_id)
        found = await unmet(matching, maker)
        await matching.hears(member)
        await approve(matching, found, maker)
        (first,) = await matching.published(EnquiryApproved)
        await matching.hears(bounced(first))
        assert BUTTON not in await shown(matching, found)

        moved = {"revision": 2, "email": "woanders@firma.example"}
        await matching.hears(member.model_copy(update=moved))
        await asks_again(matching, found, maker)

        assert len(await matching.published(EnquiryApproved)) == 2

    async def test_who_joined_since_can_be_asked(self, matching: Any) -> None:
        found, maker, first = await asked(matching)
        await matching.hears(bounced(first))
        joined = {"revision": 2, "enquiry_email": None, "has_members": True}

        await matching.hears(maker.model_copy(update=joined), a_member(maker.organisation_id))

        assert BUTTON in await shown(matching, found)

    async def test_a_mail_that_never_went_is_made_up_for(self, matching: Any) -> None:
        found, maker, _ = await asked(matching)
        await corrected(matching, maker)
        assert BUTTON not in await shown(matching, found)

        matching.now += SENT_WITHIN

        assert BUTTON in await shown(matching, found)

    async def test_an_enquiry_that_expired_is_open_again(self, matching: Any, link_of: Any) -> None:
        found, maker, _ = await asked_in_vain(matching)
        matching.now += timedelta(days=15)

        await asks_again(matching, found, maker)

        _, second = await matching.published(EnquiryApproved)
        matching.http.cookies.delete("session")
        page = await matching.http.get(link_to(link_of, second))
        assert page.status_code == 200


def link_to(link_of: Any, fact: EnquiryApproved) -> str:
    claims = LinkClaims(
        object_id=fact.enquiry_id,
        member_id=fact.organisation_id,
        organisation_id=fact.organisation_id,
        expires_at=fact.expires_at,
    )
    link: str = link_of(LinkPurpose.ENQUIRY, claims)
    return link


class TestOnceForEachAddress:
    async def test_a_double_click_sends_one_mail_and_denies_none(self, matching: Any) -> None:
        found, maker, _ = await asked_in_vain(matching)
        token = await token_on(matching, found)

        answers = await asyncio.gather(*(presses(matching, found, maker, token) for _ in range(2)))

        assert len(await matching.published(EnquiryApproved)) == 2
        for answer in answers:
            page = await matching.http.get(answer.headers["location"])
            assert "1 Organisation wird gefragt" in page.text

    async def test_where_the_second_mail_bounced_too_another_address_is_needed(
        self, matching: Any
    ) -> None:
        found, maker, first = await asked_in_vain(matching)
        await asks_again(matching, found, maker)

        await matching.hears(bounced(first))

        page = await shown(matching, found)
        assert BOUNCED in page
        assert BUTTON not in page
        await corrected(matching, maker, "dritte@firma.example", revision=3)
        assert BUTTON in await shown(matching, found)

    async def test_what_was_asked_before_addresses_were_noted_can_be_asked_again_once(
        self, matching: Any
    ) -> None:
        found, maker, first = await asked(matching)
        await matching.hears(bounced(first))
        async with matching.pool.transaction() as connection:
            await connection.execute("delete from enquiry_address")

        await asks_again(matching, found, maker)
        await matching.hears(bounced(first))
        await asks_again(matching, found, maker)

        assert len(await matching.published(EnquiryApproved)) == 2

    @pytest.mark.parametrize("address", ["post@firma.example", "Post@Firma.example"])
    async def test_an_address_that_failed_before_is_not_tried_again(
        self, matching: Any, address: str
    ) -> None:
        found, maker, first = await asked_in_vain(matching)
        await asks_again(matching, found, maker)
        await matching.hears(bounced(first))

        await corrected(matching, maker, address, revision=3)
        answer = await asks_again(matching, found, maker)

        assert len(await matching.published(EnquiryApproved)) == 2
        page = (await matching.http.get(answer.headers["location"])).text
        assert "Keine neue Anfrage" in page


class TestWhoIsNotAskedAgain:
    async def test_whoever_was_reached(self, matching: Any) -> None:
        found, maker, first = await asked(matching)
        await matching.hears(bounced(first), sent(first))
        await corrected(matching, maker)

        await asks_again(matching, found, maker)

        assert BUTTON not in await shown(matching, found)
        assert len(await matching.published(EnquiryApproved)) == 1

    @pytest.mark.parametrize("answer", ["yes", "no", "never-ask-again"])
    async def test_whoever_answered(self, matching: Any, link_of: Any, answer: str) -> None:
        found, maker, first = await asked(matching)
        await matching.hears(bounced(first))
        await matching.posts(link_to(link_of, first), answer=answer)
        await corrected(matching, maker)

        await asks_again(matching, found, maker)

        assert BUTTON not in await shown(matching, found)
        assert len(await matching.published(EnquiryApproved)) == 1

    async def test_whoever_said_never_again_about_another_request(
        self, matching: Any, link_of: Any
    ) -> None:
        found, maker, first = await asked(matching)
        other = await unmet(matching, maker)
        await approve(matching, other, maker)
        _, said = await matching.published(EnquiryApproved)
        await matching.posts(link_to(link_of, said), answer="never-ask-again")
        await matching.hears(bounced(first))
        await corrected(matching, maker)

        await asks_again(matching, found, maker)

        assert BUTTON not in await shown(matching, found)
        assert len(await matching.published(EnquiryApproved)) == 2

    @pytest.mark.parametrize(
        "changed", [{"allows_enquiries": False, "enquiry_email": None}, {"enquiry_email": None}]
    )
    async def test_whoever_may_not_be_asked_any_more(
        self, matching: Any, changed: dict[str, Any]
    ) -> None:
        found, maker, first = await asked(matching)
        await matching.hears(bounced(first))

        await matching.hears(maker.model_copy(update={"revision": 2, **changed}))

        assert BUTTON not in await shown(matching, found)

    async def test_whoever_left_the_directory(self, matching: Any) -> None:
        found, maker, _ = await asked_in_vain(matching)
        await matching.hears(Gone(state=OrganisationState, id=maker.organisation_id, revision=9))

        await asks_again(matching, found, maker)

        said = "select count(*) from outbox where topic = 'enquiry.approved'"
        assert await matching.value(said) == 1
        assert await addressed(matching) == set()

    async def test_nobody_once_the_request_ended(self, matching: Any) -> None:
        found, maker, _ = await asked_in_vain(matching)
        token = await token_on(matching, found)
        await matching.hears(closing(found.request))

        refused = await presses(matching, found, maker, token)

        assert refused.status_code == 404
        assert len(await matching.published(EnquiryApproved)) == 1

    async def test_nobody_by_whoever_is_no_broker(self, matching: Any) -> None:
        found, maker, _ = await asked_in_vain(matching)
        token = await token_on(matching, found)
        member = a_member(uuid4())
        await matching.hears(member)
        matching.signs_in(member)

        refused = await presses(matching, found, maker, token)

        assert refused.status_code == 403
        assert len(await matching.published(EnquiryApproved)) == 1

    async def test_nobody_who_was_never_asked(self, matching: Any) -> None:
        found, _, _ = await asked(matching)
        stranger = a_pump_maker()
        await matching.hears(stranger)

        await asks_again(matching, found, stranger)

        assert len(await matching.published(EnquiryApproved)) == 1


class TestTheAnswer:
    async def test_either_link_takes_it(self, matching: Any, link_of: Any) -> None:
        found, maker, first = await asked_in_vain(matching)
        matching.now += timedelta(days=3)
        await asks_again(matching, found, maker)
        _, second = await matching.published(EnquiryApproved)
        matching.http.cookies.delete("session")

        for fact, answer in ((first, "no"), (second, "yes")):
            kept = await matching.posts(link_to(link_of, fact), answer=answer)
            assert kept.status_code == 303

        no, yes = await matching.published(EnquiryAnswered)
        assert (no.answer, yes.answer) == ("no", "yes")
        assert second.revision < no.revision < yes.revision


class TestErasure:
    async def test_what_is_known_of_a_members_address_goes_with_them(self, matching: Any) -> None:
        maker = a_pump_maker(enquiry_email=None, has_members=True)
        member, colleague = a_member(maker.organisation_id), a_member(maker.organisation_id)
        found = await unmet(matching, maker)
        await matching.hears(member, colleague)
        await approve(matching, found, maker)
        assert await addressed(matching) == {member.member_id, colleague.member_id}

        await matching.hears(Gone(state=MemberState, id=member.member_id, revision=9))

        assert await addressed(matching) == {colleague.member_id}

    async def test_a_broker_who_left_is_not_needed(self, matching: Any) -> None:
        found, maker, _ = await asked_in_vain(matching)
        await matching.hears(Gone(state=MemberState, id=found.broker.member_id, revision=9))
        colleague = a_broker()
        await matching.hears(colleague)
        matching.signs_in(colleague)

        await asks_again(matching, found, maker)

        assert len(await matching.published(EnquiryApproved)) == 2


async def addressed(matching: Any) -> set[UUID]:
    async with matching.pool.connection() as connection:
        rows = await connection.fetch("select recipient_id from enquiry_address")
    return {row["recipient_id"] for row in rows}
