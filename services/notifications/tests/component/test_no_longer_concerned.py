"""Between its cause and the mail server a mail may lose its reader: what waits goes to nobody else.

A mail server that is away makes hours of it, a digest and a held mail do as well.
"""

from uuid import uuid4

import httpx
import pytest
from notification_builders import Builders
from notification_scene import Exchange, session_of

from embedded.mail import Mail as MailCatcher
from notifications import commands
from notifications.digest import Rhythm
from notifications.mail import Unsent
from schemas.links import LinkPurpose
from schemas.member import MemberState
from schemas.vocabulary import Role

OWNER, BUYER = uuid4(), uuid4()


def changed(member: MemberState, **changes: object) -> MemberState:
    return member.model_copy(update={"revision": member.revision + 1, **changes})


async def outcomes(exchange: Exchange) -> list[tuple[str, str | None]]:
    return [(mail["state"], mail["diagnostic"]) for mail in await exchange.mails()]


class TestWhoeverLeft:
    async def test_an_organisation_reads_nothing_more_of_it(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim, tom = make.a_member("Kim", of=OWNER), make.a_member("Tom", of=OWNER)
        ole = make.a_member("Ole", of=uuid4())
        await exchange.hears(kim, tom, ole)
        await exchange.hears(
            make.a_message("Unser Preis: 4 Euro.", owner=OWNER, requester=ole, name=None)
        )

        await exchange.hears(changed(kim, organisation_ids=()))
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(kim.email) == ()
        assert len(mail_server.mailbox.mails_to(tom.email)) == 1
        assert set(await outcomes(exchange)) == {
            ("suppressed", Unsent.NOT_CONCERNED),
            ("sent", None),
        }

    @pytest.mark.parametrize("left_first", [True, False])
    async def test_leaves_the_answer_to_their_message_to_colleagues(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, *, left_first: bool
    ) -> None:
        ole, eva = make.a_member("Ole", of=BUYER), make.a_member("Eva", of=BUYER)
        await exchange.hears(ole, eva)
        accepted = make.an_acceptance(owner=make.a_member("Kim", of=OWNER), requester=ole)
        left = changed(ole, organisation_ids=())

        for event in (left, accepted) if left_first else (accepted, left):
            await exchange.hears(event)
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(ole.email) == ()
        [mail] = mail_server.mailbox.mails_to(eva.email)
        claims = exchange.opened_by(LinkPurpose.CONTACT, mail)
        assert (claims.member_id, claims.organisation_id) == (eva.member_id, BUYER)

    @pytest.mark.parametrize("left_first", [True, False])
    async def test_leaves_the_question_what_came_of_a_contact_to_colleagues(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, *, left_first: bool
    ) -> None:
        ole, eva = make.a_member("Ole", of=BUYER), make.a_member("Eva", of=BUYER)
        await exchange.hears(ole, eva, make.an_organisation("Hanse Textil GmbH", OWNER))
        asked, left = make.a_question(of=ole, counterpart=OWNER), changed(ole, organisation_ids=())

        for event in (left, asked) if left_first else (asked, left):
            await exchange.hears(event)
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(ole.email) == ()
        [mail] = mail_server.mailbox.mails_to(eva.email)
        assert "jemand aus Ihrer Organisation mit Hanse Textil GmbH" in mail.text
        claims = exchange.opened_by(LinkPurpose.OUTCOME, mail)
        assert (claims.object_id, claims.member_id, claims.organisation_id) == (
            asked.question_id,
            eva.member_id,
            BUYER,
        )

    async def test_leaves_to_colleagues_what_waited_longer_than_they_stayed(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        ole, eva = make.a_member("Ole", of=BUYER), make.a_member("Eva", of=BUYER)
        await exchange.hears(ole, eva)
        await exchange.hears(
            make.an_acceptance(owner=make.a_member("Kim", of=OWNER), requester=ole)
        )
        async with exchange.pool.transaction() as connection:
            await connection.execute("update notice set closes_at = now() - interval '1 h'")

        await exchange.hears(changed(ole, organisation_ids=()))
        await exchange.sends_all()
        async with exchange.pool.transaction() as connection:
            await commands.address_waiting(connection, now=exchange.clock.now)
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(ole.email) == ()
        assert len(mail_server.mailbox.mails_to(eva.email)) == 1

    async def test_asks_nobody_else_while_the_member_is_there(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        ole, eva = make.a_member("Ole", of=BUYER), make.a_member("Eva", of=BUYER)
        await exchange.hears(ole, eva, make.an_organisation("Hanse Textil GmbH", OWNER))

        await exchange.hears(make.a_question(of=ole, counterpart=OWNER))
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(eva.email) == ()
        [mail] = mail_server.mailbox.mails_to(ole.email)
        assert "kam Ihre Organisation mit Hanse Textil GmbH" in mail.text
        assert "an diesem Kontakt beteiligt" in mail.text

    async def test_hears_what_became_of_a_search_of_their_own(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        ole = make.a_member("Ole", of=BUYER)
        await exchange.hears(changed(ole, organisation_ids=()))

        await exchange.hears(make.a_hit("Dosierpumpen", of=ole))
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(ole.email)) == 1

    async def test_every_organisation_hears_no_hit_that_is_for_members_only(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        ole = make.a_member("Ole", of=BUYER)
        await exchange.hears(ole)
        for title, visibility in (
            ("Erstes", "cluster"),
            ("Zweites", "cluster"),
            ("Drittes", "public"),
            ("Viertes", None),
        ):
            await exchange.hears(make.a_hit(title, of=ole, visibility=visibility))

        await exchange.hears(changed(ole, organisation_ids=()))
        exchange.clock.now += Rhythm().period
        await exchange.sends_all()

        [digest] = mail_server.mailbox.mails_to(ole.email)
        assert ("Drittes" in digest.text, "Viertes" in digest.text) == (True, True)
        assert "Zweites" not in digest.text
        assert sorted(await outcomes(exchange), key=str) == [
            ("sent", None),
            ("suppressed", Unsent.NOT_CONCERNED),
        ]

    async def test_no_organisation_still_hears_what_is_for_members_as_an_operator(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        rita = make.a_member("Rita", roles=("member", "moderator"))
        await exchange.hears(rita)

        await exchange.hears(make.a_hit("Pumpen", of=rita, visibility="cluster"))
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(rita.email)) == 1

    async def test_brokering_gets_no_digest_of_it(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        rita = make.a_member("Rita", roles=("member", "broker"))
        await exchange.hears(rita)
        await exchange.hears(make.an_unmet_request("Schutzkittel", by=uuid4()))

        await exchange.hears(changed(rita, roles=(Role.MEMBER,)))
        exchange.clock.now += Rhythm().period
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(rita.email) == ()
        assert await outcomes(exchange) == [("suppressed", Unsent.NOT_CONCERNED)]


async def test_an_organisation_that_wants_no_enquiries_gets_none_that_waits(
    exchange: Exchange, make: Builders, mail_server: MailCatcher
) -> None:
    kim = make.a_member("Kim", of=OWNER)
    asked = make.an_organisation("Hanse Textil", OWNER, allows_enquiries=True, has_members=True)
    await exchange.hears(kim, asked)
    await exchange.hears(make.an_enquiry(to=OWNER, about_request_of=uuid4()))

    refuses = asked.model_copy(update={"revision": 2, "allows_enquiries": False})
    await exchange.hears(refuses)
    await exchange.sends_all()

    assert mail_server.mailbox.mails_to(kim.email) == ()
    assert await outcomes(exchange) == [("suppressed", Unsent.NOT_CONCERNED)]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Die Person ist dafür nicht mehr zuständig."),
        ("en", "This no longer concerns the person."),
    ],
)
async def test_operators_read_why_it_did_not_go_out(
    exchange: Exchange, make: Builders, browser: httpx.AsyncClient, *, language: str, said: str
) -> None:
    kim, rita = make.a_member("Kim", of=OWNER), make.a_member("Rita", roles=("moderator",))
    await exchange.hears(kim, rita)
    await exchange.hears(make.a_listing("Dosierpumpen", by=OWNER))
    await exchange.hears(changed(kim, organisation_ids=()))
    await exchange.sends_all()
    browser.cookies.set("session", session_of(rita.member_id))

    [mail] = await exchange.mails()
    page = await browser.get(f"/notifications/mails/{mail['id']}", params={"lang": language})

    assert said in page.text
    assert "Dosierpumpen" in page.text
