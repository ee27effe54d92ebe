"""Saved searches, unmet requests and enquiries: who hears of them, once, and how it ends."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher
from embedded.mailbox import CaughtMail
from notifications import commands
from notifications.digest import Rhythm
from notifications.mail import Unsent
from schemas.links import LinkPurpose
from schemas.match import Reasons
from schemas.member import MemberState
from schemas.organisation import OrganisationState


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Kim", of=uuid4())
    await exchange.hears(member)
    return member


async def only_mail(
    exchange: Exchange, mail_server: MailCatcher, address: str, *, after: timedelta = timedelta()
) -> CaughtMail:
    exchange.clock.now += after
    await exchange.sends_all()
    [mail] = mail_server.mailbox.mails_to(address)
    return mail


class TestSearchHits:
    async def test_whoever_saved_the_search_hears_of_it_once(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        hit = make.a_hit("Schlauchpumpen", of=kim)
        await exchange.hears(hit)
        await exchange.hears(hit.model_copy(update={"revision": 2}))

        mail = await only_mail(exchange, mail_server, kim.email)

        assert mail.subject == "Neu zu Ihrer Suche „Dosierpumpe Labor“: Schlauchpumpen"
        assert f"https://boerse.example.org/listings/{hit.listing_id}\n" in mail.text
        search = exchange.opened_by(LinkPurpose.SEARCH, mail)
        assert (search.object_id, search.member_id) == (hit.search_id, kim.member_id)
        assert mail.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    async def test_what_is_kept_shows_the_listing_but_opens_no_search(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        hit = make.a_hit("Schlauchpumpen", of=kim)
        await exchange.hears(hit)
        await exchange.sends_all()

        [kept] = await exchange.mails()

        assert f"/listings/{hit.listing_id}" in kept["text"]
        assert "/matching/searches/…" in kept["text"]
        assert "/matching/searches/…" in kept["html"]

    async def test_a_closed_listing_and_an_old_hit_are_not_mailed(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        closed = make.a_hit("Ventile", of=kim)
        old = make.a_hit("Filter", of=kim, occurred_at=datetime.now(UTC) - timedelta(days=8))

        await exchange.hears(closed, old, make.a_closing(closed.listing_id, by=uuid4()))

        assert await exchange.states() == ["expired", "expired"]


class TestUnmetRequests:
    async def test_brokers_hear_of_it_and_nobody_else(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        broker = make.a_member("Rita", roles=("member", "broker"))
        await exchange.hears(broker)
        unmet = make.an_unmet_request("Schutzkittel", by=kim.organisation_ids[0])
        await exchange.hears(unmet)

        mail = await only_mail(exchange, mail_server, broker.email, after=Rhythm().period)

        assert f"https://boerse.example.org/matching/unmet/{unmet.request_id}\n" in mail.text
        assert "die Sie fragen können: 7." in mail.text
        assert mail_server.mailbox.mails_to(kim.email) == ()

    async def test_where_nobody_can_be_asked_it_says_so(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        broker = make.a_member("Rita", roles=("broker",))
        await exchange.hears(broker, make.an_unmet_request("Kittel", by=uuid4(), candidates=0))

        mail = await only_mail(exchange, mail_server, broker.email, after=Rhythm().period)

        assert "Vielleicht kennen Sie jemanden." in mail.text

    async def test_a_request_that_ended_needs_no_broker(
        self, exchange: Exchange, make: Builders
    ) -> None:
        unmet = make.an_unmet_request("Schutzkittel", by=uuid4())
        await exchange.hears(make.a_member("Rita", roles=("broker",)), unmet)

        await exchange.hears(make.a_closing(unmet.request_id, by=uuid4()))

        assert await exchange.states() == ["expired"]


class TestEnquiries:
    async def test_the_members_are_asked_where_there_are_any(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        await exchange.hears(self._open(make, kim.organisation_ids[0], has_members=True))
        enquiry = make.an_enquiry(to=kim.organisation_ids[0], about_request_of=uuid4())
        await exchange.hears(enquiry)

        mail = await only_mail(exchange, mail_server, kim.email)

        assert mail.subject == "Könnten Sie das? Gesucht wird „Schutzkittel für die Pflege“"
        assert "> Könnten Sie uns bis Mitte Dezember 200 Kittel nähen?" in mail.text
        assert "In Ihrem Eintrag steht „Berufskleidung“, im Gesuch „Schutzkittel“." in mail.text
        assert "Bitte nicht mehr fragen" in mail.text
        assert {claims.member_id for claims in self._opened(exchange, mail)} == {kim.member_id}

    async def test_where_nobody_joined_the_address_for_enquiries_is_asked(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        firm, address = uuid4(), make.address("werkstatt")
        await exchange.hears(self._open(make, firm, enquiry_email=address))
        enquiry = make.an_enquiry(to=firm, about_request_of=uuid4())
        await exchange.hears(enquiry)

        mail = await only_mail(exchange, mail_server, address)

        assert mail.text.startswith("English version below.\n\nGuten Tag,\n")
        [claims] = {*self._opened(exchange, mail)}
        assert claims.object_id == enquiry.enquiry_id
        assert claims.member_id == claims.organisation_id == firm
        assert "/matching/enquiries/" in mail.parsed["List-Unsubscribe"]
        assert mail.parsed["List-Unsubscribe-Post"] is None

    async def test_an_address_without_a_language_reads_both_german_first(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        firm, address = uuid4(), make.address("werkstatt")
        await exchange.hears(self._open(make, firm, enquiry_email=address))
        await exchange.hears(make.an_enquiry(to=firm, about_request_of=uuid4()))

        mail = await only_mail(exchange, mail_server, address)

        assert mail.subject.startswith("Könnten Sie das? Gesucht wird ")
        assert " / Could you do this? " in mail.subject
        assert b"\nContent-Language: de, en\r\n" in mail.raw
        german, english = mail.text.split("=" * 60)
        assert "In Ihrem Eintrag steht „Berufskleidung“" in german
        assert "\n-- \n" not in german
        assert "Your entry says “Berufskleidung”" in english
        assert mail.html.count("<html") == 1
        assert re.findall(r'<div class="page" lang="(..)"', mail.html) == ["de", "en"]
        assert "&lt;div" not in mail.html

    async def test_the_organisation_may_become_known_later(
        self, exchange: Exchange, make: Builders
    ) -> None:
        firm = uuid4()
        await exchange.hears(make.an_enquiry(to=firm, about_request_of=uuid4()))
        assert await exchange.mails() == []

        await exchange.hears(self._open(make, firm, enquiry_email=make.address("werkstatt")))
        async with exchange.pool.transaction() as connection:
            await commands.address_waiting(connection, now=exchange.clock())

        assert await exchange.states() == ["pending"]

    async def test_without_consent_nobody_is_asked(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        firm = kim.organisation_ids[0]
        await exchange.hears(make.an_organisation("Kim OHG", firm, has_members=True))

        await exchange.hears(make.an_enquiry(to=firm, about_request_of=uuid4()))

        assert await exchange.mails() == []

    async def test_an_address_taken_back_meanwhile_is_not_written_to(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        firm, address = uuid4(), make.address("werkstatt")
        await exchange.hears(self._open(make, firm, enquiry_email=address))
        await exchange.hears(make.an_enquiry(to=firm, about_request_of=uuid4()))

        await exchange.hears(make.an_organisation("Werkstatt", firm, revision=2))
        await exchange.sends_all()

        assert await exchange.states() == ["suppressed"]
        assert mail_server.mailbox.mails_to(address) == ()

    async def test_an_erased_organisations_enquiry_is_blanked(
        self, exchange: Exchange, make: Builders
    ) -> None:
        firm = uuid4()
        await exchange.hears(self._open(make, firm, enquiry_email=make.address("werkstatt")))
        await exchange.hears(make.an_enquiry(to=firm, about_request_of=uuid4()))

        await exchange.loses(OrganisationState, firm)

        [mail] = await exchange.mails()
        assert (mail["state"], mail["domain"]) == ("suppressed", "")

    @pytest.mark.parametrize("answered_first", [False, True])
    async def test_what_a_colleague_answered_is_not_asked_again(
        self, exchange: Exchange, make: Builders, kim: MemberState, *, answered_first: bool
    ) -> None:
        await exchange.hears(self._open(make, kim.organisation_ids[0], has_members=True))
        enquiry = make.an_enquiry(to=kim.organisation_ids[0], about_request_of=uuid4())
        told: list[Any] = [enquiry, make.an_answer("no", enquiry)]

        for event in reversed(told) if answered_first else told:
            await exchange.hears(event)

        [mail] = await exchange.mails()
        assert (mail["state"], mail["diagnostic"]) == ("expired", Unsent.ENQUIRY_ANSWERED)

    async def test_without_a_word_in_common_it_still_says_why(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        firm = kim.organisation_ids[0]
        await exchange.hears(self._open(make, firm, has_members=True))
        await exchange.hears(make.an_enquiry(to=firm, about_request_of=uuid4(), reasons=Reasons()))

        mail = await only_mail(exchange, mail_server, kim.email)

        assert "- Ihr Eintrag im Verzeichnis passt im Ganzen dazu." in mail.text

    @staticmethod
    def _open(make: Builders, firm: UUID, **changes: Any) -> OrganisationState:
        return make.an_organisation("Nähwerkstatt Güstrow", firm, allows_enquiries=True, **changes)

    @staticmethod
    def _opened(exchange: Exchange, mail: CaughtMail) -> list[Any]:
        return exchange.all_opened_by(LinkPurpose.ENQUIRY, mail)


class TestAnswers:
    async def test_a_yes_reaches_whoever_seeks_with_name_and_note(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        firm = uuid4()
        helper = make.an_organisation("Nähwerkstatt Güstrow", firm, enquiry_email="n@example.org")
        enquiry = make.an_enquiry(to=firm, about_request_of=kim.organisation_ids[0])
        await exchange.hears(helper, make.an_answer("yes", enquiry))

        mail = await only_mail(exchange, mail_server, kim.email)

        assert mail.subject == "Nähwerkstatt Güstrow sagt Ja zu „Schutzkittel für die …“"
        assert "> Ab 100 Stück, Lieferzeit drei Wochen." in mail.text
        assert "In einer eigenen E-Mail" in mail.text
        assert "n@example.org" not in mail.raw.decode()
        assert exchange.opened_by(LinkPurpose.LISTING, mail).object_id == enquiry.request_id

    async def test_where_nobody_joined_the_broker_brings_them_together(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        enquiry = make.an_enquiry(to=uuid4(), about_request_of=kim.organisation_ids[0])
        await exchange.hears(make.an_answer("yes", enquiry, member_id=None, note=""))

        mail = await only_mail(exchange, mail_server, kim.email)

        assert mail.subject == "Eine Organisation sagt Ja zu „Schutzkittel für die Pflege“"
        assert "Unsere Vermittlung meldet sich bei Ihnen" in mail.text

    async def test_of_a_yes_by_address_the_brokers_hear_with_name_and_note(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        firm, broker = uuid4(), make.a_member("Rita", roles=("broker",))
        await exchange.hears(broker, make.an_organisation("Nähwerkstatt Güstrow", firm))
        enquiry = make.an_enquiry(to=firm, about_request_of=kim.organisation_ids[0])
        await exchange.hears(make.an_answer("yes", enquiry, member_id=None))

        mail = await only_mail(exchange, mail_server, broker.email)

        assert mail.subject.startswith("Bitte vermitteln: Nähwerkstatt … sagt Ja zu „Schutzk")
        assert "> Ab 100 Stück, Lieferzeit drei Wochen." in mail.text
        assert f"https://boerse.example.org/matching/unmet/{enquiry.request_id}\n" in mail.text

    @pytest.mark.parametrize(("answer", "member_id"), [("yes", uuid4()), ("no", None)])
    async def test_brokers_hear_of_no_other_answer(
        self, exchange: Exchange, make: Builders, answer: str, member_id: UUID | None
    ) -> None:
        enquiry = make.an_enquiry(to=uuid4(), about_request_of=uuid4())

        await exchange.hears(
            make.a_member("Rita", roles=("broker",)),
            make.an_answer(answer, enquiry, member_id=member_id),
        )

        assert await exchange.mails() == []

    async def test_a_yes_said_twice_is_mailed_once(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        enquiry = make.an_enquiry(to=uuid4(), about_request_of=kim.organisation_ids[0])

        await exchange.hears(make.an_answer("yes", enquiry))
        await exchange.hears(make.an_answer("yes", enquiry, note="Auch schneller."))

        assert len(await exchange.mails()) == 1

    @pytest.mark.parametrize("answer", ["no", "never-ask-again"])
    async def test_a_no_is_not_passed_on(
        self, exchange: Exchange, make: Builders, kim: MemberState, answer: str
    ) -> None:
        enquiry = make.an_enquiry(to=uuid4(), about_request_of=kim.organisation_ids[0])

        await exchange.hears(make.an_answer(answer, enquiry))

        assert await exchange.mails() == []
