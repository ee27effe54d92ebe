"""Every letter reads well in both languages: greeted, explained, one button, nothing left open."""

import os
import re
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from chassis.web.catalogue_check import Gaps, catalogue_gaps
from chassis.web.presentation import Presentation
from embedded.mail import Mail as MailCatcher
from embedded.mailbox import CaughtMail
from notifications.composing import Composer, Links
from notifications.digest import Rhythm
from notifications.letters import BY_TEMPLATE
from notifications.mail import Recipient, notices_of
from schemas.event import Fact
from schemas.links import LinkPurpose
from schemas.match import Reasons
from schemas.member import MemberState
from schemas.vocabulary import Language

LANGUAGES = ("de", "en")


LONG_TITLE = "Laborkapazität für mikrobiologische Keimprüfung von Medizinprodukten, akkreditiert"
LONG_NAME = "Universitätsklinikum Vorpommern-Greifswald, Institut für Hygiene und Umweltmedizin"
LINKS = Links(button="https://x.example/a", unsubscribe=None, home="https://x.example", items=("",))
CAUSE = Cause(correlation_id=uuid4(), event_id="1")


def lengthened(event: Fact) -> Fact:
    """The event, with names and titles as long as some are."""
    long = {
        name: LONG_NAME if name.endswith("name") else LONG_TITLE
        for name in type(event).model_fields
        if name.endswith(("title", "organisation_name")) or name == "words"
    }
    for name in ("offer", "request", "content"):
        if hasattr(event, name):
            long[name] = getattr(event, name).model_copy(update={"title": LONG_TITLE})
    return event.model_copy(update=long)


def every_event(make: Builders, kim: MemberState, ole: MemberState) -> dict[str, Fact]:
    owner, seeker = kim.organisation_ids[0], ole.organisation_ids[0]
    agreed = make.an_enquiry(to=seeker, about_request_of=owner)
    return {
        "sign_in": make.a_sign_in(member_id=kim.member_id, email=kim.email, language=kim.language),
        "registration_decided": make.a_decision("approved", about=kim),
        "address_changed": make.a_move(of=kim, change_id=kim.member_id, former_email=kim.email),
        "listing_published": make.a_listing("FFP2-Masken", by=owner),
        "listing_rejected": make.a_rejection("Schutzkittel, dringend", by=owner),
        "confirmation_due": make.a_question_of_freshness("FFP2-Masken", by=owner),
        "proposal": make.a_proposal(offer_by=owner, request_by=seeker),
        "contact_requested": make.a_message(
            "Guten Tag,\nwir brauchen 500 Stück bis Mitte Dezember.\n\nGeht das? <b>Danke</b>",
            owner=owner,
            requester=ole,
            name="Pflegeheim am See",
        ),
        "contact_unread": make.a_message(
            "Guten Tag, geht das?",
            owner=uuid4(),
            requester=ole,
            name=None,
            owner_has_members=False,
        ),
        "contact_answer_due": make.a_reminder(owner=owner, requester=ole),
        "contact_accepted": make.an_acceptance(owner=kim, requester=ole),
        "contact_declined": make.a_refusal(owner=seeker, requester=kim),
        "contact_lapsed": make.a_lapse(owner=seeker, requester=kim),
        "outcome_asked": make.a_question(of=kim, counterpart=seeker),
        "search_hit": make.a_hit("Dosierpumpen", of=kim),
        "request_unmet": make.an_unmet_request("Schutzkittel", by=seeker),
        "enquiry_approved": make.an_enquiry(to=owner, about_request_of=seeker),
        "enquiry_agreed": make.an_answer("yes", agreed),
        "enquiry_answered": make.an_answer(
            "yes", make.an_enquiry(to=seeker, about_request_of=uuid4()), member_id=None
        ),
        "enquiry_taken_back": make.an_answer("no", agreed, revision=2),
    }


def assert_complete(mail: CaughtMail, language: str) -> None:
    because = "Sie bekommen diese E-Mail" if language == "de" else "You receive this e-mail"
    assert "Kim Muster" in mail.text
    assert because in mail.text
    assert because in mail.html
    [button] = re.findall(r'class="button" href="(https://[^"]+)"', mail.html)
    assert unescape(button) in mail.text.split()
    assert not re.search(r"[{}]|None|\n\n\n", mail.text)
    assert 'src="' not in mail.html
    assert f'<html lang="{language}">' in mail.html
    [heading] = re.findall(r"<h1[^>]*>(.*?)</h1>", mail.html)
    shown = (re.escape(escape(part)) for part in mail.subject.split("…"))
    assert re.fullmatch(".+".join(shown), heading), "as the subject, in full"
    assert "<b>" not in mail.html
    assert "overflow-wrap:break-word" in mail.html, "a long word widens no telephone"


class TestEveryLetter:
    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_it_is_complete(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, language: str
    ) -> None:
        kim = make.a_member("Kim Muster", of=uuid4(), language=language, roles=("member", "broker"))
        ole = make.a_member("Ole Petersen", of=uuid4(), language=language)
        open_to_enquiries = {"allows_enquiries": True, "has_members": True}
        await exchange.hears(
            kim,
            ole,
            make.an_organisation("Pflegeheim am See", ole.organisation_ids[0]),
            make.an_organisation("Hanse Textil", kim.organisation_ids[0], **open_to_enquiries),
        )
        events = every_event(make, kim, ole)
        *others, taken_back = events.values()
        await exchange.hears(*others)

        await exchange.sends_all()
        await exchange.hears(taken_back)
        exchange.clock.now += Rhythm().period
        await exchange.sends_all()

        caught = mail_server.mailbox.mails_to(kim.email)
        rows = await exchange.rows("select * from mail where member_id = $1", kim.member_id)
        assert {row["state"] for row in rows} == {"sent"}
        assert {row["template"] for row in rows} == set(events) == set(BY_TEMPLATE)
        assert len(caught) == len(events)
        for mail in caught:
            keep(mail, language)
            assert_complete(mail, language)


class TestSubjects:
    """A list of mails shows some sixty characters of each."""

    @pytest.mark.parametrize(
        ("language", "asked"),
        [
            ("de", {"Bitte vermitteln", "Bitte anrufen"}),
            ("en", {"Please connect", "Please call"}),
        ],
    )
    async def test_what_a_broker_is_asked_to_do_is_not_cut_off_by_a_long_title(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        language: str,
        asked: set[str],
    ) -> None:
        rita = make.a_member("Rita", language=language, roles=("broker",))
        ole, long = make.a_member("Ole", of=uuid4()), "Schutzkittel " * 9
        enquiry = make.an_enquiry(to=uuid4(), about_request_of=uuid4(), request_title=long)
        message = make.a_message("Geht das?", owner=uuid4(), requester=ole, name=None,
                                 owner_has_members=False, listing_title=long)  # fmt: skip
        await exchange.hears(rita, make.an_answer("yes", enquiry, member_id=None), message)

        await exchange.sends_all()

        mails = mail_server.mailbox.mails_to(rita.email)
        assert len(mails) == len(asked)
        assert all(any(each in mail.subject[:60] for mail in mails) for each in asked)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_none_is_cut_off_by_long_names_and_titles(self, make: Builders, language: str) -> None:
        kim, ole = make.a_member("Kim", of=uuid4()), make.a_member("Ole", of=uuid4())
        composer = Composer(exchange="Kooperationsbörse Nord", imprint="", time_zone="UTC")
        reader = Recipient(
            member_id=uuid4(), name="Kim", email=kim.email, language=Language(language)
        )

        subjects = [
            composer.compose([notice], reader, LINKS, counterpart=LONG_NAME).subject
            for template, event in every_event(make, kim, ole).items()
            for notice in notices_of(BY_TEMPLATE[template], lengthened(event), cause=CAUSE)
        ]

        assert [each for each in subjects if len(each) > 60] == []
        assert sum("…" in each for each in subjects) >= len(BY_TEMPLATE) - 2, "but the account's"


class TestWhatIsSaid:
    async def test_a_proposal_explains_itself_to_each_side(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim, ole = make.a_member("Kim", of=uuid4()), make.a_member("Ole", of=uuid4())
        await exchange.hears(kim, ole)
        seller, buyer = kim.organisation_ids[0], ole.organisation_ids[0]
        await exchange.hears(make.a_proposal(offer_by=seller, request_by=buyer))

        await exchange.sends_all()

        [to_seller] = mail_server.mailbox.mails_to(kim.email)
        [to_buyer] = mail_server.mailbox.mails_to(ole.email)
        assert "In Ihrem Eintrag steht „respirators“, im Gesuch „Atemschutz“." in to_seller.text
        assert "In Ihrem Eintrag steht „Atemschutz“, im Angebot „respirators“." in to_buyer.text
        assert to_buyer.subject == ("Passt „FFP2-Masken“ zu „Atemschutz für Pflegeheim“?")
        assert "Beide stehen unter „Persönliche Schutzausrüstung“." in to_buyer.text
        assert "Nur rund 38 km liegen dazwischen." in to_buyer.text
        assert "Gebraucht bis" not in to_buyer.text, "a date alone speaks for nobody"

    async def test_a_proposal_without_reasons_still_explains_itself(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim = make.a_member("Kim", of=uuid4())
        await exchange.hears(kim)
        await exchange.hears(
            make.a_proposal(offer_by=kim.organisation_ids[0], request_by=uuid4(), reasons=Reasons())
        )

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(kim.email)
        assert "- Die beiden Texte gleichen sich im Ganzen" in mail.text
        assert "Die beiden Texte gleichen sich im Ganzen" in mail.html

    async def test_an_undisclosed_counterpart_stays_unnamed(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        owner, ole = uuid4(), make.a_member("Ole Petersen", of=uuid4())
        kim = make.a_member("Kim", of=owner)
        await exchange.hears(
            kim, ole, make.an_organisation("Pflegeheim am See", ole.organisation_ids[0])
        )
        await exchange.hears(make.a_message("Noch da?", owner=owner, requester=ole, name=None))

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(kim.email)
        for secret in ("Pflegeheim am See", "Petersen", ole.email):
            assert secret not in mail.raw.decode()
            assert secret not in mail.text + mail.html

    async def test_a_reminder_says_until_when_and_leads_to_the_contact(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim, ole = make.a_member("Kim", of=uuid4()), make.a_member("Ole", of=uuid4())
        await exchange.hears(kim, ole)
        lapses_at = (datetime.now(UTC) + timedelta(days=4)).replace(hour=12, minute=0)
        due = make.a_reminder(owner=kim.organisation_ids[0], requester=ole, lapses_at=lapses_at)
        await exchange.hears(due)

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(kim.email)
        assert mail.subject == "Noch ohne Antwort: Pflegeheim am See zu „FFP2-Masken“"
        assert Presentation("de", ZoneInfo("Europe/Berlin")).moment(lapses_at) in mail.text
        assert exchange.opened_by(LinkPurpose.CONTACT, mail).object_id == due.contact_id
        assert mail_server.mailbox.mails_to(ole.email) == ()

    async def test_a_reminder_does_not_name_whoever_stays_hidden(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim, ole = make.a_member("Kim", of=uuid4()), make.a_member("Ole", of=uuid4())
        await exchange.hears(kim, ole)
        await exchange.hears(
            make.a_reminder(
                owner=kim.organisation_ids[0], requester=ole, requesting_organisation_name=None
            )
        )

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(kim.email)
        assert mail.subject == "Noch ohne Antwort: eine Nachricht zu „FFP2-Masken“"
        assert "jemand hat Ihnen zu „FFP2-Masken“ geschrieben" in mail.text

    async def test_an_acceptance_gives_both_names_and_addresses(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim, ole = (
            make.a_member("Kim Muster", of=uuid4()),
            make.a_member("Ole Petersen", of=uuid4()),
        )
        await exchange.hears(kim, ole)
        await exchange.hears(make.an_acceptance(owner=kim, requester=ole))

        await exchange.sends_all()

        for member in (kim, ole):
            [mail] = mail_server.mailbox.mails_to(member.email)
            for said in ("Hanse Textil GmbH", "Pflegeheim am See", kim.email, ole.email):
                assert said in mail.text
                assert said in mail.html


def test_the_english_catalogue_is_complete() -> None:
    assert catalogue_gaps("notifications") == Gaps(untranslated=(), unused=())


def keep(mail: CaughtMail, language: str) -> None:
    """For looking at the mails: MAILS_KEPT_IN names a folder."""
    folder = os.environ.get("MAILS_KEPT_IN")
    if folder:
        name = re.sub(r"\W+", "-", mail.subject)[:50]
        Path(folder, f"{language}-{name}.txt").write_text(f"{mail.subject}\n\n{mail.text}")
        Path(folder, f"{language}-{name}.html").write_text(mail.html)
