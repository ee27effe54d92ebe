"""A broker asks the firms that may be asked, once each; they answer behind their mail's link."""

import asyncio
import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from kept_listing_builders import a_member, closing
from unmet_builders import REASONS, a_broker, a_pump_maker, approve, unmet

from chassis.cause import Cause
from chassis.envelope import Gone
from matching.enquiries.commands import Approval, answer_enquiry, approve_enquiries
from matching.enquiries.enquiry import GivenEnquiryAnswer
from matching.unmet import candidate_storage
from matching.unmet.candidate import Candidate
from schemas.claims import LinkClaims
from schemas.links import LinkPurpose
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.request import EnquiryAnswered, EnquiryApproved
from schemas.vocabulary import EnquiryAnswer, Role, Visibility


async def approved(matching: Any, firm: OrganisationState, **fields: Any) -> EnquiryApproved:
    found = await unmet(matching, firm, **fields)
    await approve(matching, found, firm)
    facts: list[EnquiryApproved] = await matching.published(EnquiryApproved)
    matching.http.cookies.delete("session")
    return facts[0]


def link_to(
    matching: Any, link_of: Any, fact: EnquiryApproved, *, member_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> str:  # fmt: skip
    claims = LinkClaims(
        object_id=fact.enquiry_id,
        member_id=member_id or fact.organisation_id,
        organisation_id=organisation_id or fact.organisation_id,
        expires_at=fact.expires_at,
    )
    link: str = link_of(LinkPurpose.ENQUIRY, claims)
    return link


async def asked_about_two(matching: Any, link_of: Any, firm: OrganisationState) -> list[str]:
    """Two requests, about each of which the same firm is asked."""
    for _ in range(2):
        await approve(matching, await unmet(matching, firm), firm)
    matching.http.cookies.delete("session")
    facts = await matching.published(EnquiryApproved)
    return [link_to(matching, link_of, fact) for fact in facts]


class TestTheBrokersPages:
    async def test_visitors_sign_in_and_members_are_refused(self, matching: Any) -> None:
        found = await unmet(matching, a_pump_maker())
        matching.http.cookies.delete("session")
        for path in ("/matching/unmet", found.path):
            visited = await matching.http.get(path)
            assert visited.status_code == 303
            assert visited.headers["location"].startswith("/sign-in?next=%2Fmatching%2Funmet")

        member = a_member(uuid4())
        await matching.hears(member)
        matching.signs_in(member)
        for path in ("/matching/unmet", found.path):
            assert (await matching.http.get(path)).status_code == 403

    async def test_an_admin_may_too(self, matching: Any) -> None:
        found, admin = await unmet(matching, a_pump_maker()), a_broker(Role.ADMIN)
        await matching.hears(admin)
        matching.signs_in(admin)

        assert (await matching.http.get(found.path)).status_code == 200

    async def test_the_list_says_what_waits_and_who_could(self, matching: Any) -> None:
        await unmet(matching, a_pump_maker())
        page = await matching.http.get("/matching/unmet")

        for said in ("Dosierpumpen gesucht", "Hanse-Labor e. K.", "1 Gesuch wartet",
                     "Dosiertechnik Warnow GmbH", "Noch keine Organisation gefragt"):  # fmt: skip
            assert said in page.text

    async def test_a_page_beyond_the_last_one_is_the_last_one(self, matching: Any) -> None:
        await unmet(matching, a_pump_maker())
        page = await matching.http.get("/matching/unmet?page=2")

        assert page.status_code == 200
        assert "Dosierpumpen gesucht" in page.text
        assert "Gerade wartet kein Gesuch" not in page.text

    async def test_nothing_unmet_says_so(self, matching: Any) -> None:
        broker = a_broker()
        await matching.hears(broker)
        matching.signs_in(broker)
        page = await matching.http.get("/matching/unmet")

        assert "Gerade wartet kein Gesuch" in page.text

    async def test_the_reasons_stand_in_words(self, matching: Any) -> None:
        found = await unmet(matching, a_pump_maker())
        page = await matching.http.get(found.path)

        for said in ("Im Gesuch steht „Dosierpumpen“, die Organisation nennt „Schlauchpumpen“",
                     "Pumpen für Aquarien", "Herstellung von Pumpen und Kompressoren",
                     "etwa 47 km entfernt", "über die Kooperationsbörse wird gesucht",
                     "Es gab noch keinen Vorschlag"):  # fmt: skip
            assert said in page.text
        assert page.headers["cache-control"] == "no-store"

    async def test_it_speaks_english(self, matching: Any) -> None:
        found = await unmet(matching, a_pump_maker())

        assert "Who could do this?" in (await matching.http.get(f"{found.path}?lang=en")).text

    @pytest.mark.parametrize("language", ["de", "en"])
    async def test_the_question_is_prefilled_in_what_any_firm_reads_not_in_the_brokers_language(
        self, matching: Any, language: str
    ) -> None:
        found = await unmet(matching, a_pump_maker())

        page = (await matching.http.get(f"{found.path}?lang={language}")).text

        question = unescape(page.partition("<textarea")[2].partition("</textarea>")[0])
        german, _, english = question.partition("\n\n")
        assert "über die Kooperationsbörse wird gesucht" in german
        assert "is sought through the cooperation exchange" in english
        assert question.count(found.request.content.title) == 2

    async def test_a_closed_request_is_told_kindly(self, matching: Any) -> None:
        found = await unmet(matching, a_pump_maker())
        await matching.hears(closing(found.request))
        page = await matching.http.get(found.path)

        assert page.status_code == 404
        assert "wartet nicht mehr" in page.text


class TestApproval:
    async def test_ticked_firms_are_asked(self, matching: Any) -> None:
        maker, other = a_pump_maker(), a_pump_maker()
        found = await unmet(matching, maker, other)
        answer = await approve(matching, found, maker)

        assert answer.status_code == 303
        (fact,) = await matching.published(EnquiryApproved)
        assert fact.organisation_id == maker.organisation_id
        assert fact.request_id == found.request.listing_id
        assert fact.question == "Könnten Sie Dosierpumpen liefern?"
        assert fact.reasons.words == REASONS.words
        assert fact.expires_at == matching.now + timedelta(days=14)
        page = await matching.http.get(answer.headers["location"])
        assert "1 Organisation wird gefragt" in page.text
        assert re.search(r"Anfrage vom .+:\s+noch keine Antwort", page.text)

    async def test_twice_is_once(self, matching: Any) -> None:
        maker = a_pump_maker()
        found = await unmet(matching, maker)
        await approve(matching, found, maker)
        (first,) = await matching.published(EnquiryApproved)
        other = a_pump_maker()
        await matching.hears(other)
        async with matching.pool.transaction() as connection:
            await candidate_storage.replace_candidates(
                connection,
                found.request.listing_id,
                [Candidate(organisation_id=maker.organisation_id, reasons=REASONS),
                 Candidate(organisation_id=other.organisation_id, reasons=REASONS)],
                request_organisation_id=found.request.organisation_id,
            )  # fmt: skip
        again = await approve(matching, found, maker)

        assert await matching.published(EnquiryApproved) == [first]
        page = await matching.http.get(again.headers["location"])
        assert "1 Organisation wird gefragt" in page.text
        assert "schon gefragt" in page.text

    async def test_a_double_click_does_not_deny_the_mail_that_is_out(self, matching: Any) -> None:
        maker = a_pump_maker()
        found = await unmet(matching, maker)
        page = await matching.http.get(found.path)
        token = page.text.split('name="form_token" value="')[1].split('"')[0]
        fields = {"form_token": token, "organisation_ids": str(maker.organisation_id),
                  "question": "Könnten Sie das liefern?"}  # fmt: skip
        answers = await asyncio.gather(
            *(matching.http.post(found.path, data=fields) for _ in range(2))
        )

        assert len(await matching.published(EnquiryApproved)) == 1
        for answer in answers:
            after = await matching.http.get(answer.headers["location"])
            assert "1 Organisation wird gefragt" in after.text
            assert "Die übrigen" not in after.text

    @pytest.mark.parametrize("another", ["broker", "question"])
    async def test_what_somebody_else_asked_or_asked_otherwise_is_no_new_enquiry(
        self, matching: Any, another: str
    ) -> None:
        maker = a_pump_maker()
        found = await unmet(matching, maker, a_pump_maker())
        await approve(matching, found, maker)
        question = "Könnten Sie Dosierpumpen liefern?"
        if another == "broker":
            colleague = a_broker()
            await matching.hears(colleague)
            matching.signs_in(colleague)
        else:
            question = "Könnten Sie Schlauchpumpen liefern?"
        fields = {"organisation_ids": str(maker.organisation_id), "question": question}
        answer = await matching.posts(found.path, **fields)

        assert len(await matching.published(EnquiryApproved)) == 1
        page = await matching.http.get(answer.headers["location"])
        assert "Keine neue Anfrage" in page.text
        assert "wurden schon gefragt oder können inzwischen nicht mehr" in page.text
        assert "Niemand" not in page.text

    async def test_the_newest_copy_decides(self, matching: Any) -> None:
        maker, other = a_pump_maker(), a_pump_maker()
        found = await unmet(matching, maker, other)
        refusing = {"revision": 2, "allows_enquiries": False, "enquiry_email": None}
        await matching.hears(maker.model_copy(update=refusing))
        await approve(matching, found, maker, other)

        (fact,) = await matching.published(EnquiryApproved)
        assert fact.organisation_id == other.organisation_id
        page = await matching.http.get(found.path)
        assert "Möchte keine Anfragen bekommen" in page.text
        assert str(maker.organisation_id) not in page.text

    async def test_a_firm_without_address_cannot_be_ticked(self, matching: Any) -> None:
        maker = a_pump_maker(enquiry_email=None, has_members=False)
        found = await unmet(matching, maker)
        page = await matching.http.get(found.path)

        assert "keine Adresse für Anfragen" in page.text
        assert str(maker.organisation_id) not in page.text

    @pytest.mark.parametrize("has_members", [True, False])
    async def test_what_is_for_members_only_is_sent_to_no_address_outside(
        self, matching: Any, *, has_members: bool
    ) -> None:
        maker = a_pump_maker(has_members=has_members)
        found = await unmet(matching, maker, visibility=Visibility.CLUSTER)

        page = await matching.http.get(found.path)
        await approve(matching, found, maker)

        assert ("nur für Mitglieder" in page.text) is not has_members
        assert len(await matching.published(EnquiryApproved)) == int(has_members)

    async def test_who_is_no_candidate_is_not_asked(self, matching: Any) -> None:
        found = await unmet(matching, a_pump_maker())
        stranger = a_pump_maker()
        await matching.hears(stranger)
        await approve(matching, found, stranger)

        assert await matching.published(EnquiryApproved) == []

    @pytest.mark.parametrize(
        "fields",
        [{}, {"question": "Könnten Sie das liefern?"},
         {"organisation_ids": "no id"}, {"organisation_ids": str(uuid4())},
         {"organisation_ids": str(uuid4()), "question": "x" * 1001},
         {"organisation_ids": str(uuid4()), "question": "kurz"},
         {"organisation_ids": str(uuid4()), "question": "Könnten Sie <b>das</b> liefern?"}],
    )  # fmt: skip
    async def test_bad_input_is_refused_in_words(
        self, matching: Any, fields: dict[str, str]
    ) -> None:
        found = await unmet(matching, a_pump_maker())
        refused = await matching.posts(found.path, **fields)

        assert refused.status_code == 422
        assert "Bitte prüfen Sie Ihre Eingaben" in refused.text
        assert await matching.published(EnquiryApproved) == []
        assert await matching.value("select count(*) from enquiry") == 0

    async def test_the_choice_that_is_missing_is_explained_where_it_is_made(
        self, matching: Any
    ) -> None:
        found = await unmet(matching, a_pump_maker())

        refused = await matching.posts(found.path, question="Könnten Sie das liefern?")

        [choice] = re.findall(r"<fieldset[^>]*>", refused.text)
        assert 'aria-invalid="true"' in choice
        [error] = re.findall(r'aria-describedby="\s*([\w-]+)"', choice)
        assert f'id="{error}"' in refused.text

    async def test_two_approvals_at_once_ask_once(self, matching: Any) -> None:
        maker = a_pump_maker()
        found = await unmet(matching, maker)
        answers = await asyncio.gather(*(approve(matching, found, maker) for _ in range(2)))

        assert [answer.status_code for answer in answers] == [303, 303]
        assert len(await matching.published(EnquiryApproved)) == 1

    async def test_a_rollback_leaves_neither_enquiry_nor_event(self, matching: Any) -> None:
        maker = a_pump_maker()
        found = await unmet(matching, maker)
        approval = Approval(
            request_id=found.request.listing_id,
            organisation_ids=(maker.organisation_id,),
            question="Könnten Sie das?",
            broker_id=found.broker.member_id,
        )

        async def approve_and_fail() -> None:
            async with matching.pool.transaction() as connection:
                now, cause = matching.now, Cause.new()
                assert await approve_enquiries(connection, approval, at=now, cause=cause) == 1
                raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await approve_and_fail()
        assert await matching.published(EnquiryApproved) == []
        assert await matching.value("select count(*) from enquiry") == 0

    async def test_after_the_request_closed_nobody_is_asked(self, matching: Any) -> None:
        maker = a_pump_maker()
        found = await unmet(matching, maker)
        page = await matching.http.get(found.path)
        await matching.hears(closing(found.request))
        token = page.text.split('name="form_token" value="')[1].split('"')[0]
        fields = {"form_token": token, "organisation_ids": str(maker.organisation_id),
                  "question": "Könnten Sie das?"}  # fmt: skip
        refused = await matching.http.post(found.path, data=fields)

        assert refused.status_code == 404
        assert await matching.value("select count(*) from enquiry") == 0

    async def test_without_the_forms_token_nobody_is_asked(self, matching: Any) -> None:
        maker = a_pump_maker()
        found = await unmet(matching, maker)
        fields = {"organisation_ids": str(maker.organisation_id), "question": "Könnten Sie das?"}

        assert (await matching.http.post(found.path, data=fields)).status_code == 403
        assert await matching.published(EnquiryApproved) == []


class TestTheAnswerPage:
    async def test_get_shows_and_changes_nothing(self, matching: Any, link_of: Any) -> None:
        fact = await approved(matching, a_pump_maker())
        page = await matching.http.get(link_to(matching, link_of, fact))

        assert page.status_code == 200
        for said in ("Könnten Sie Dosierpumpen liefern?", "Dosierpumpen gesucht", "200 Stück",
                     "Hanse-Labor e. K.", "Ja, das können wir", "Nein, diesmal nicht"):  # fmt: skip
            assert said in page.text
        assert await matching.published(EnquiryAnswered) == []

    @pytest.mark.parametrize("visibility", [Visibility.ANONYMOUS, Visibility.CLUSTER])
    async def test_who_seeks_is_named_only_where_all_may_know(
        self, matching: Any, link_of: Any, visibility: Visibility
    ) -> None:
        maker = a_pump_maker(has_members=True)
        member = a_member(maker.organisation_id)
        await matching.hears(member)
        fact = await approved(matching, maker, visibility=visibility)

        page = await matching.http.get(link_to(matching, link_of, fact, member_id=member.member_id))

        assert page.status_code == 200
        assert "Hanse-Labor" not in page.text

    async def test_a_members_yes_leads_to_the_offer_draft(
        self, matching: Any, link_of: Any, draft_signer: Any
    ) -> None:
        maker = a_pump_maker(has_members=True)
        member = a_member(maker.organisation_id)
        await matching.hears(member)
        fact = await approved(matching, maker)
        link = link_to(matching, link_of, fact, member_id=member.member_id)
        answer = await matching.posts(link, answer="yes", note="Ab 50 Stück.")

        assert answer.status_code == 303
        (said,) = await matching.published(EnquiryAnswered)
        assert (said.answer, said.note) == (EnquiryAnswer.YES, "Ab 50 Stück.")
        assert said.member_id == member.member_id
        assert said.category.slug == "medical"
        page = await matching.http.get(link)
        token = page.text.split('href="/listings/drafts/')[1].split('"')[0]
        claims = LinkClaims.unpacked(draft_signer.verify(token))
        assert claims.object_id == fact.enquiry_id
        assert claims.member_id == member.member_id

    async def test_where_nobody_joined_a_broker_connects(self, matching: Any, link_of: Any) -> None:
        fact = await approved(matching, a_pump_maker())
        link = link_to(matching, link_of, fact)
        await matching.posts(link, answer="yes")

        (said,) = await matching.published(EnquiryAnswered)
        assert said.member_id is None
        page = await matching.http.get(link)
        assert "verbindet Sie mit der anderen Seite" in page.text
        assert "/listings/drafts/" not in page.text

    async def test_the_same_answer_changes_nothing_another_one_does(
        self, matching: Any, link_of: Any
    ) -> None:
        fact = await approved(matching, a_pump_maker())
        link = link_to(matching, link_of, fact)
        for answer in ("no", "no", "yes"):
            assert (await matching.posts(link, answer=answer)).status_code == 303

        first, second = await matching.published(EnquiryAnswered)
        assert (first.answer, second.answer) == (EnquiryAnswer.NO, EnquiryAnswer.YES)
        assert fact.revision < first.revision < second.revision

    async def test_never_ask_again_holds_until_it_is_taken_back(
        self, matching: Any, link_of: Any
    ) -> None:
        maker = a_pump_maker()
        fact = await approved(matching, maker)
        link = link_to(matching, link_of, fact)
        await matching.posts(link, answer="never-ask-again", note="nur für uns")
        second = await unmet(matching, maker)
        page = await matching.http.get(second.path)
        assert "Hat gebeten, nicht mehr gefragt zu werden" in page.text
        assert str(maker.organisation_id) not in page.text
        assert (await matching.published(EnquiryAnswered))[0].note == ""

        await matching.posts(link, answer="no")
        assert str(maker.organisation_id) in (await matching.http.get(second.path)).text

    async def test_never_again_holds_while_another_enquiry_was_answered_so(
        self, matching: Any, link_of: Any
    ) -> None:
        maker = a_pump_maker()
        links = await asked_about_two(matching, link_of, maker)
        for link in links:
            await matching.posts(link, answer="never-ask-again")
        await matching.posts(links[0], answer="no")
        third = await unmet(matching, maker)

        page = await matching.http.get(third.path)
        assert "Hat gebeten, nicht mehr gefragt zu werden" in page.text
        assert str(maker.organisation_id) not in page.text

        await matching.posts(links[1], answer="no")
        assert str(maker.organisation_id) in (await matching.http.get(third.path)).text

    async def test_two_who_take_never_again_back_at_once_are_asked_again(
        self, matching: Any, link_of: Any
    ) -> None:
        links = await asked_about_two(matching, link_of, a_pump_maker())
        for link in links:
            await matching.posts(link, answer="never-ask-again")

        await asyncio.gather(*(matching.posts(link, answer="no") for link in links))

        assert await matching.value("select count(*) from never_asked") == 0

    @pytest.mark.parametrize("fields", [{}, {"answer": "perhaps"},
                                        {"answer": "yes", "note": "x" * 1001},
                                        {"answer": "yes", "note": "<b>Gern</b>"}])  # fmt: skip
    async def test_a_bad_answer_is_refused_in_words(
        self, matching: Any, link_of: Any, fields: dict[str, str]
    ) -> None:
        fact = await approved(matching, a_pump_maker())
        refused = await matching.posts(link_to(matching, link_of, fact), **fields)

        assert refused.status_code == 422
        assert await matching.published(EnquiryAnswered) == []

    async def test_forged_and_expired_links_say_what_to_do(
        self, matching: Any, link_of: Any
    ) -> None:
        fact = await approved(matching, a_pump_maker())
        link = link_to(matching, link_of, fact)
        for forged in ("/matching/enquiries/AAAA", link[:-4] + "AAAA"):
            assert (await matching.http.get(forged)).status_code == 404
        foreign = link_to(matching, link_of, fact, organisation_id=uuid4(), member_id=uuid4())
        assert (await matching.http.get(foreign)).status_code == 410
        matching.now = fact.expires_at
        page = await matching.http.get(link)
        assert page.status_code == 410
        assert "hat sich erledigt" in page.text

    async def test_a_closed_request_needs_no_answer(self, matching: Any, link_of: Any) -> None:
        found = await unmet(matching, maker := a_pump_maker())
        await approve(matching, found, maker)
        (fact,) = await matching.published(EnquiryApproved)
        link = link_to(matching, link_of, fact)
        await matching.hears(closing(found.request))

        assert (await matching.http.get(link)).status_code == 410

    async def test_a_member_who_left_opens_nothing(self, matching: Any, link_of: Any) -> None:
        maker = a_pump_maker(has_members=True)
        member = a_member(maker.organisation_id)
        await matching.hears(member)
        fact = await approved(matching, maker)
        link = link_to(matching, link_of, fact, member_id=member.member_id)
        await matching.hears(Gone(state=MemberState, id=member.member_id, revision=10**12))

        assert (await matching.http.get(link)).status_code == 410


class TestErasure:
    async def test_an_approval_that_an_erasure_meets_leaves_no_text(self, matching: Any) -> None:
        maker = a_pump_maker()
        found = await unmet(matching, maker)
        approval = Approval(
            request_id=found.request.listing_id,
            organisation_ids=(maker.organisation_id,),
            question="Könnten Sie das, Frau Muster?",
            broker_id=found.broker.member_id,
        )
        gone = Gone(state=OrganisationState, id=maker.organisation_id, revision=10**12)

        async with matching.pool.transaction() as connection:
            asked = await approve_enquiries(
                connection, approval, at=matching.now, cause=Cause.new()
            )
            erasure = await matching.begins_to_hear(gone)
        await erasure

        assert asked == 1
        assert await matching.value("select question from enquiry") == ""
        topic = EnquiryApproved.topic
        assert await matching.value("select payload is null from outbox where topic = $1", topic)

    async def test_an_answer_that_an_erasure_of_its_writer_meets_leaves_no_words(
        self, matching: Any
    ) -> None:
        maker = a_pump_maker(has_members=True)
        member = a_member(maker.organisation_id)
        await matching.hears(member)
        fact = await approved(matching, maker)
        given = GivenEnquiryAnswer(answer=EnquiryAnswer.NO, note="Fragen Sie nach Kim Muster.")

        async with matching.pool.transaction() as connection:
            await answer_enquiry(
                connection,
                fact.enquiry_id,
                given,
                organisation_id=maker.organisation_id,
                member_id=member.member_id,
                at=matching.now,
                cause=Cause.new(),
            )
            gone = Gone(state=MemberState, id=member.member_id, revision=10**12)
            erasure = await matching.begins_to_hear(gone)
        await erasure

        assert (
            await matching.value("select note || coalesce(answered_by::text, '') from enquiry")
            == ""
        )
        topic = EnquiryAnswered.topic
        assert await matching.value("select payload is null from outbox where topic = $1", topic)

    async def test_an_erased_firms_words_are_gone(self, matching: Any, link_of: Any) -> None:
        maker = a_pump_maker()
        fact = await approved(matching, maker)
        link = link_to(matching, link_of, fact)
        await matching.posts(link, answer="yes", note="Fragen Sie nach Frau Muster.")
        await matching.hears(
            Gone(state=OrganisationState, id=maker.organisation_id, revision=10**12)
        )

        assert (await matching.http.get(link)).status_code == 410
        assert await matching.value("select note || question from enquiry") == ""
        topics = [EnquiryApproved.topic, EnquiryAnswered.topic]
        assert await matching.value(
            "select bool_and(payload is null) from outbox where topic = any($1)", topics
        )

    async def test_an_erased_broker_and_member_are_forgotten(
        self, matching: Any, link_of: Any
    ) -> None:
        maker = a_pump_maker(has_members=True)
        member = a_member(maker.organisation_id)
        await matching.hears(member)
        fact = await approved(matching, maker)
        broker = await matching.value("select approved_by from enquiry")
        link = link_to(matching, link_of, fact, member_id=member.member_id)
        await matching.posts(link, answer="no", note="Fragen Sie nach Frau Muster.")
        for erased in (member.member_id, broker):
            await matching.hears(Gone(state=MemberState, id=erased, revision=10**12))

        assert await matching.value(
            "select note = '' and answer = 'no' and answered_by is null and approved_by is null"
            " and subjects = array[request_organisation_id, organisation_id] from enquiry"
        )
