"""The sender: once, in order of urgency, and honest about what it does not know."""

import asyncio
import json
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.cause import Cause
from embedded.http_server import HttpServer
from embedded.mail import Mail as MailCatcher
from embedded.testing import eventually
from notifications.mail_server import ServerUnavailable
from schemas.links import LinkPurpose
from schemas.mail import MailBounced
from schemas.vocabulary import MailPurpose


class TestSending:
    async def test_a_mail_is_delivered_once_and_reported(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        await exchange.hears(event)

        await exchange.sends_all()
        await exchange.sends_all()

        assert await exchange.states() == ["sent"]
        assert len(mail_server.mailbox.mails_to(event.email)) == 1
        [sent] = await exchange.said("mail.sent")
        assert event.email.encode() not in sent["payload"]

    async def test_what_is_kept_of_it_opens_nothing(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        await exchange.hears(event)

        await exchange.sends_all()

        [mail] = await exchange.mails()
        assert "/sign-in/…" in mail["text"]
        assert "/sign-in/…" in mail["html"]
        [caught] = mail_server.mailbox.mails_to(event.email)
        assert "/sign-in/…" not in caught.text

    async def test_two_senders_share_the_work(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        events = [make.a_sign_in(email=make.address(f"m{n}")) for n in range(10)]
        await exchange.hears(*events)
        other = exchange.with_settings()

        await asyncio.gather(exchange.sends_all(), other.sends_all())

        assert await exchange.states() == ["sent"] * 10
        for event in events:
            assert len(mail_server.mailbox.mails_to(event.email)) == 1

    async def test_what_is_useful_shortest_goes_first(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        owner = uuid4()
        member = make.a_member(of=owner)
        sign_in = make.a_sign_in(email=make.address("eilig"))
        await exchange.hears(member, make.a_listing("Dosierpumpen", by=owner), sign_in)

        await exchange.sender.turn()

        assert len(mail_server.mailbox.mails_to(sign_in.email)) == 1
        assert mail_server.mailbox.mails_to(member.email) == ()

    async def test_limits_hold_back_what_exceeds_them(
        self, exchange: Exchange, make: Builders
    ) -> None:
        await exchange.hears(*(make.a_sign_in(email=make.address(f"m{n}")) for n in range(5)))

        await exchange.with_settings(mails_per_domain_and_minute=2).sends_all()
        assert sorted(await exchange.states()) == ["pending"] * 3 + ["sent"] * 2

        exchange.clock.turn(minutes=2)
        await exchange.with_settings(mails_per_domain_and_minute=2).sends_all()
        assert sorted(await exchange.states()) == ["pending"] + ["sent"] * 4

        await exchange.with_settings(mails_per_hour=4).sends_all()
        assert sorted(await exchange.states()) == ["pending"] + ["sent"] * 4


class TestRefusals:
    async def test_a_temporary_refusal_is_tried_again_later(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        mail_server.mailbox.refuse(event.email, "450 4.2.0 try later")
        await exchange.hears(event)

        await exchange.sends_all()
        assert await exchange.states() == ["pending"]

        mail_server.mailbox.accept(event.email)
        exchange.clock.turn(minutes=2)
        await exchange.sends_all()
        assert await exchange.states() == ["sent"]

    async def test_after_a_day_of_temporary_refusals_it_has_failed(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        member = make.a_member(of=uuid4())
        mail_server.mailbox.refuse(member.email, "450 4.2.0 try later")
        await exchange.hears(member)
        await exchange.hears(make.a_listing("Pumpen", by=member.organisation_ids[0]))

        for _ in range(30):
            await exchange.sends_all()
            exchange.clock.turn(hours=4)

        assert await exchange.states() == ["failed"]
        [bounced] = await exchange.said("mail.bounced")
        assert b'"hard":false' in bounced["payload"]
        assert await exchange.rows("select 1 from suppression") == []

    async def test_a_permanent_refusal_suppresses_the_address(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        mail_server.mailbox.refuse(event.email)
        await exchange.hears(event)
        await exchange.sends_all()
        mail_server.mailbox.accept(event.email)

        await exchange.hears(make.a_sign_in(member_id=event.member_id))
        await exchange.sends_all()

        assert sorted(await exchange.states()) == ["failed", "suppressed"]
        [bounced] = await exchange.said("mail.bounced")
        assert b'"hard":true' in bounced["payload"]
        assert mail_server.mailbox.mails_to(event.email) == ()

    async def test_a_bounce_says_who_and_why_but_no_address(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim = make.a_member("Kim", of=uuid4())
        mail_server.mailbox.refuse(kim.email, f"550 5.1.1 <{kim.email.upper()}>: no such mailbox")
        listing = make.a_listing("Dosierpumpen", by=kim.organisation_ids[0])
        cause = Cause(correlation_id=uuid4(), event_id=str(uuid4()))
        await exchange.hears(kim)
        await exchange.hears(listing, cause=cause)

        await exchange.sends_all()

        [row] = await exchange.said("mail.bounced")
        [mail] = await exchange.mails()
        bounced = MailBounced.model_validate_json(row["payload"])
        assert bounced.model_dump(exclude={"revision", "occurred_at"}) == {
            "mail_id": mail["id"],
            "member_id": kim.member_id,
            "purpose": MailPurpose.ACCOUNT,
            "template": "listing_published",
            "about_id": listing.listing_id,
            "hard": True,
            "diagnostic": "550 5.1.1 <…>: no such mailbox",
        }
        assert (row["key"], row["subjects"]) == (str(mail["id"]), [kim.member_id])
        headers = json.loads(row["headers"])
        assert headers["ce_correlationid"] == str(cause.correlation_id)
        assert headers["ce_causationid"] == cause.event_id
        assert await exchange.said("mail.sent") == []

    async def test_a_refusal_of_us_does_not_suppress_the_address(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        mail_server.mailbox.refuse(event.email, "554 5.7.1 relay access denied")
        await exchange.hears(event)

        await exchange.sends_all()

        assert await exchange.states() == ["failed"]
        assert await exchange.rows("select 1 from suppression") == []

    @pytest.mark.parametrize(
        "answer", ["554 5.6.0 content rejected", "552 5.3.4 too big", "550 no such content"]
    )
    async def test_a_refusal_of_the_content_does_not_suppress_the_address(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, answer: str
    ) -> None:
        event = make.a_sign_in()
        mail_server.mailbox.refuse_content(event.email, answer)
        await exchange.hears(event)

        await exchange.sends_all()

        assert await exchange.states() == ["failed"]
        assert await exchange.rows("select 1 from suppression") == []
        [bounced] = await exchange.said("mail.bounced")
        assert b'"hard":false' in bounced["payload"]

    async def test_without_a_mail_server_mails_wait_untouched(
        self, exchange: Exchange, make: Builders
    ) -> None:
        await exchange.hears(make.a_sign_in())
        alone = exchange.with_settings(smtp_port=1)

        with pytest.raises(ServerUnavailable):
            await alone.sends_all()

        [mail] = await exchange.mails()
        assert (mail["state"], mail["attempts"]) == ("pending", 0)


@pytest.fixture
def slow(mail_server: MailCatcher) -> Iterator[None]:
    mail_server.mailbox.answer_after(1.0)
    yield
    mail_server.mailbox.answer_after(0)


SENDER = """
import asyncio
from notifications.app import make_sender, service

async def main():
    runtime = service.runtime(service.settings())
    await runtime.pool.open()
    while True:
        await make_sender(runtime).turn()

asyncio.run(main())
"""


async def a_sender_process(exchange: Exchange) -> asyncio.subprocess.Process:
    settings = exchange.runtime.settings
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SENDER,
        env={
            "NOTIFICATIONS_DATABASE_URL": settings.database_url,
            "NOTIFICATIONS_SMTP_HOST": settings.smtp_host,
            "NOTIFICATIONS_SMTP_PORT": str(settings.smtp_port),
            "NOTIFICATIONS_FORM_KEY": settings.form_key,
            "NOTIFICATIONS_LINK_KEYS": json.dumps(settings.link_keys),
        },
    )


async def in_state(exchange: Exchange, state: str) -> bool:
    return await exchange.states() == [state]


class TestCrashes:
    async def test_a_sender_that_died_before_the_offer_loses_nothing(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        await exchange.hears(event)
        await exchange.claims()
        await exchange.reconciling.turn()
        assert await exchange.states() == ["claimed"]

        exchange.clock.turn(minutes=2)
        await exchange.reconciling.turn()
        await exchange.sends_all()

        assert await exchange.states() == ["sent"]
        assert len(mail_server.mailbox.mails_to(event.email)) == 1

    async def test_a_sender_that_lost_its_claim_hands_nothing_over(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        await exchange.hears(event)
        lost = await exchange.claims()
        exchange.clock.turn(minutes=2)
        await exchange.reconciling.turn()
        await exchange.sends_all()

        draft = await exchange.sender._drafted(lost)
        assert draft is not None
        await exchange.sender._send(draft)

        assert len(mail_server.mailbox.mails_to(event.email)) == 1

    async def test_a_sender_killed_while_handing_over_is_not_repeated(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in(at=exchange.clock())
        await exchange.hears(event)
        mail_server.mailbox.answer_after(60)
        process = await a_sender_process(exchange)

        await eventually(lambda: in_state(exchange, "sending"))
        process.kill()
        await process.wait()
        mail_server.mailbox.answer_after(0)
        exchange.clock.turn(minutes=1)
        await exchange.reconciling.turn()
        await exchange.sends_all()

        assert await exchange.states() == ["held"]
        assert len(mail_server.mailbox.mails_to(event.email)) <= 1

    @pytest.mark.usefixtures("slow")
    async def test_a_handover_without_an_answer_is_held_and_never_repeated(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        await exchange.hears(event)
        impatient = exchange.with_settings(smtp_data_seconds=0.2)

        await impatient.sends_all()
        assert await exchange.states() == ["sending"]
        exchange.clock.turn(minutes=1)
        await impatient.reconciling.turn()
        await exchange.sends_all()

        assert await exchange.states() == ["held"]
        assert len(mail_server.mailbox.mails_to(event.email)) <= 1

    @pytest.mark.usefixtures("slow")
    @pytest.mark.parametrize(
        ("answer", "state"), [(200, "sent"), (404, "pending"), (503, "sending")]
    )
    async def test_where_the_mail_server_can_be_asked_the_mail_is_settled(
        self, exchange: Exchange, make: Builders, answer: int, state: str
    ) -> None:
        asked: list[str] = []

        async def look_up(request: Request) -> Response:
            asked.append(request.path_params["id"])
            return Response(status_code=answer)

        await exchange.hears(make.a_sign_in())
        with HttpServer(Starlette(routes=[Route("/log/{id}", look_up)])) as log:
            impatient = exchange.with_settings(
                smtp_data_seconds=0.2, reconcile_url=f"{log.url}/log/{{message_id}}"
            )
            await impatient.sends_all()
            exchange.clock.turn(minutes=1)
            await impatient.reconciling.turn()

        [mail] = await exchange.mails()
        assert mail["state"] == state
        assert asked == [f"{mail['id'].hex}@example.org"]
        assert len(await exchange.said("mail.sent")) == (state == "sent")


class TestWireForm:
    async def test_headers_and_parts_are_what_mail_programs_expect(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        seller = uuid4()
        member = make.a_member("Jürgen", of=seller, email=make.address("juergen"))
        await exchange.hears(member, make.a_proposal(offer_by=seller, request_by=uuid4()))

        await exchange.sends_all()

        [caught] = mail_server.mailbox.mails_to(member.email)
        mail = caught.parsed
        [row] = await exchange.mails()
        head = caught.raw.split(b"\r\n\r\n")[0].decode("ascii")
        assert caught.sender == f"bounces+{row['id'].hex}@example.org"
        assert mail["Message-ID"] == f"<{row['id'].hex}@example.org>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert caught.subject == ("Passt „Atemschutz für Pflegeheim“ zu „FFP2-Masken“?")
        assert (
            max(map(len, [line for line in head.split("\r\n") if not line.startswith("List-")]))
            <= 78
        )
        [link] = [line for line in head.split("\r\n") if line.startswith("List-Unsubscribe:")]
        assert link.startswith(
            "List-Unsubscribe: <https://boerse.example.org/notifications/unsubscribe/proposals/"
        )
        assert link.endswith(">")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert [part.get_content_type() for part in mail.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        assert 'lang="de"' in caught.html
        assert "Pflegeheim am See" not in caught.text

    async def test_account_mails_cannot_be_stopped(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        await exchange.hears(event)

        await exchange.sends_all()

        [caught] = mail_server.mailbox.mails_to(event.email)
        assert caught.parsed["List-Unsubscribe"] is None
        assert LinkPurpose.SIGN_IN in caught.text
