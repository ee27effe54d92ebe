"""The pages: what operators see and do, and what a link in a mail shows and stops."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from notification_builders import Builders
from notification_scene import Exchange, session_of

from chassis.signing import LinkSigner, generate_link_key
from embedded.mail import Mail as MailCatcher
from schemas.claims import NO_ORGANISATION, LinkClaims
from schemas.links import LinkPurpose
from schemas.member import MemberState


@pytest.fixture
async def operator(exchange: Exchange, make: Builders, browser: httpx.AsyncClient) -> MemberState:
    member = make.a_member("Rita", roles=("moderator",))
    await exchange.hears(member)
    browser.cookies.set("session", session_of(member.member_id))
    return member


def token_in(page: str) -> str:
    [token, *_] = re.findall(r'name="form_token" value="([^"]+)"', page)
    return str(token)


def a_link(
    exchange: Exchange,
    member_id: UUID,
    what: str = "proposals",
    *,
    expires_in: timedelta = timedelta(days=1),
    keys: str | None = None,
) -> str:
    purpose = LinkPurpose(f"unsubscribe-{what}")
    signer = exchange.runtime.settings.link_signer(purpose)
    if keys is not None:
        signer = LinkSigner.from_text(purpose, keys)
    claims = LinkClaims(
        object_id=member_id,
        member_id=member_id,
        organisation_id=NO_ORGANISATION,
        expires_at=datetime.now(UTC) + expires_in,
    )
    return f"/notifications/unsubscribe/{what}/{signer.sign(claims.packed())}"


class TestMailPages:
    @pytest.mark.parametrize(
        "path", ["/mails?state=held", "/mails/held", f"/mails/{uuid4()}", "/suppressions"]
    )
    async def test_visitors_are_sent_to_sign_in_and_come_back(
        self, browser: httpx.AsyncClient, path: str
    ) -> None:
        answer = await browser.get(f"/notifications{path}")

        assert answer.status_code == 303
        there = urlsplit(answer.headers["Location"])
        assert there.path == "/sign-in"
        assert parse_qs(there.query) == {"next": [f"/notifications{path}"]}

    async def test_a_program_without_a_session_gets_a_problem(
        self, browser: httpx.AsyncClient
    ) -> None:
        answer = await browser.get("/notifications/mails", headers={"Accept": "application/json"})

        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"

    async def test_members_are_told_who_can_help(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        member = make.a_member("Kim Muster")
        await exchange.hears(member)
        browser.cookies.set("session", session_of(member.member_id))

        for path in ("/mails", f"/mails/{uuid4()}", "/suppressions"):
            answer = await browser.get(f"/notifications{path}")

            assert answer.status_code == 403
            assert "Sie sind als Kim Muster angemeldet." in answer.text
            assert "Verwaltung der Börse" in answer.text
            assert "/sign-out" in answer.text

    async def test_an_erased_operator_is_signed_out(
        self, exchange: Exchange, operator: MemberState, browser: httpx.AsyncClient
    ) -> None:
        await exchange.loses(MemberState, operator.member_id)

        assert (await browser.get("/notifications/mails")).status_code == 303

    @pytest.mark.usefixtures("operator")
    async def test_the_list_shows_every_mail_and_can_be_filtered(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        event = make.a_sign_in()
        await exchange.hears(event)
        await exchange.sends_all()

        page = await browser.get("/notifications/mails")
        sent = await browser.get("/notifications/mails?state=sent&template=sign_in")
        held = await browser.get("/notifications/mails?state=held&template=")

        assert page.headers["Cache-Control"] == "no-store"
        assert event.email in page.text
        assert event.email in sent.text
        assert event.email not in held.text
        assert "Keine E-Mails mit diesem Stand" in held.text

    @pytest.mark.usefixtures("operator")
    @pytest.mark.parametrize("query", ["state=nonsense", "template=../etc", "state=", "page=1"])
    async def test_an_odd_filter_shows_everything(
        self, browser: httpx.AsyncClient, query: str
    ) -> None:
        assert (await browser.get(f"/notifications/mails?{query}")).status_code == 200

    @pytest.mark.usefixtures("operator")
    @pytest.mark.parametrize("path", ["?page=0", "?page=x", "/nonsense"])
    async def test_bad_input_is_refused(self, browser: httpx.AsyncClient, path: str) -> None:
        assert (await browser.get(f"/notifications/mails{path}")).status_code == 422

    @pytest.mark.usefixtures("operator")
    async def test_a_mail_is_shown_without_what_opens_something(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        await exchange.hears(make.a_sign_in())
        [waiting] = await exchange.mails()
        preview = await browser.get(f"/notifications/mails/{waiting['id']}")
        await exchange.sends_all()

        page = await browser.get(f"/notifications/mails/{waiting['id']}")
        html = await browser.get(f"/notifications/mails/{waiting['id']}/html")

        assert "So ginge die E-Mail jetzt hinaus" in preview.text
        assert "So ging die E-Mail hinaus" in page.text
        for shown in (preview, page, html):
            assert "/sign-in/…" in shown.text
        assert "sandbox" in html.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in html.headers["Content-Security-Policy"]
        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]

    @pytest.mark.usefixtures("operator")
    async def test_a_mail_that_was_kept_back_says_why(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        seller = uuid4()
        proposal = make.a_proposal(offer_by=seller, request_by=uuid4())
        await exchange.hears(make.a_member(of=seller), proposal, make.a_withdrawal(proposal))
        [mail] = await exchange.mails()

        page = await browser.get(f"/notifications/mails/{mail['id']}")

        assert "Sie wurde nicht verschickt." in page.text
        assert "Der Vorschlag wurde zurückgezogen." in page.text

    @pytest.mark.usefixtures("operator")
    async def test_a_held_mail_is_released_by_post(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        mail_id = await self._held(exchange, make)
        page = await browser.get(f"/notifications/mails/{mail_id}")

        forged = await browser.post(f"/notifications/mails/{mail_id}/release")
        released = await browser.post(
            f"/notifications/mails/{mail_id}/release", data={"form_token": token_in(page.text)}
        )
        again = await browser.post(
            f"/notifications/mails/{mail_id}/release", data={"form_token": token_in(page.text)}
        )

        assert [each.status_code for each in (forged, released, again)] == [403, 303, 303]
        assert again.headers["Location"] == released.headers["Location"]
        await exchange.sends_all()
        assert await exchange.states() == ["sent"]
        [action] = await exchange.rows("select * from operator_action")
        assert action["command"] == f"release mail {mail_id}"

    @pytest.mark.usefixtures("operator")
    async def test_a_held_mail_is_left_at_that(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        mail_id = await self._held(exchange, make)
        page = await browser.get(f"/notifications/mails/{mail_id}")

        await browser.post(
            f"/notifications/mails/{mail_id}/discard", data={"form_token": token_in(page.text)}
        )

        assert await exchange.states() == ["suppressed"]

    @pytest.mark.usefixtures("operator")
    @pytest.mark.parametrize("decision", ["release", "discard"])
    async def test_two_clicks_on_a_decision_end_as_one_does(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient, decision: str
    ) -> None:
        path = f"/notifications/mails/{await self._held(exchange, make)}"
        fields = {"form_token": token_in((await browser.get(path)).text)}

        clicks = (browser.post(f"{path}/{decision}", data=fields) for _ in range(2))
        answers = await asyncio.gather(*clicks)

        assert [answer.status_code for answer in answers] == [303, 303]
        assert {answer.headers["Location"] for answer in answers} == {path}
        assert len(await exchange.rows("select from operator_action")) == 1

    @pytest.mark.usefixtures("operator")
    @pytest.mark.parametrize("decision", ["release", "discard"])
    async def test_a_decision_that_another_one_forestalled_is_refused(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient, decision: str
    ) -> None:
        path = f"/notifications/mails/{await self._held(exchange, make)}"
        fields = {"form_token": token_in((await browser.get(path)).text)}
        other = {"release": "discard", "discard": "release"}[decision]

        await browser.post(f"{path}/{other}", data=fields)
        answer = await browser.post(f"{path}/{decision}", data=fields)

        assert answer.status_code == 409

    @pytest.mark.usefixtures("operator")
    async def test_a_decision_that_somebody_else_took_is_refused(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        path = f"/notifications/mails/{await self._held(exchange, make)}"
        fields = {"form_token": token_in((await browser.get(path)).text)}
        await browser.post(f"{path}/release", data=fields)
        mo = make.a_member("Mo", roles=("moderator",))
        await exchange.hears(mo)
        browser.cookies.delete("session")
        browser.cookies.set("session", session_of(mo.member_id))

        answer = await browser.post(f"{path}/release", data=fields)

        assert answer.status_code == 409

    @pytest.mark.usefixtures("operator")
    async def test_a_suppressed_address_is_listed_and_lifted(
        self,
        exchange: Exchange,
        make: Builders,
        browser: httpx.AsyncClient,
        mail_server: MailCatcher,
    ) -> None:
        event = make.a_sign_in()
        mail_server.mailbox.refuse(event.email)
        await exchange.hears(event)
        await exchange.sends_all()
        [mail] = await exchange.mails()

        page = await browser.get("/notifications/suppressions")
        assert event.email in page.text
        assert "no such mailbox" in page.text
        assert page.text.count(f'<span class="site-unseen">: {event.email}</span>') == 2
        await browser.post(
            f"/notifications/suppressions/{mail['id']}/lift",
            data={"form_token": token_in(page.text)},
        )

        assert event.email not in (await browser.get("/notifications/suppressions")).text
        mail_server.mailbox.accept(event.email)
        await exchange.hears(make.a_sign_in(email=event.email))
        await exchange.sends_all()
        assert len(mail_server.mailbox.mails_to(event.email)) == 1

    @staticmethod
    async def _held(exchange: Exchange, make: Builders) -> UUID:
        await exchange.hears(make.a_sign_in())
        [row] = await exchange.rows("update mail set state = 'held' returning id")
        mail_id: UUID = row["id"]
        return mail_id


class TestUnsubscribe:
    async def test_a_scanner_that_opens_the_link_changes_nothing(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        member = make.a_member("Kim Muster")
        await exchange.hears(member)

        page = await browser.get(a_link(exchange, member.member_id))

        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert member.email in page.text
        assert "oder ein neuer Eintrag zu einer Ihrer gespeicherten Suchen passt." in page.text
        assert await exchange.rows("select 1 from preference") == []
        assert await exchange.said("subscription.changed") == []

    @pytest.mark.parametrize(
        ("language", "chosen", "read"),
        [("de", "", "de"), ("en", "", "en"), ("de", "?lang=en", "en"), ("en", "?lang=de", "de")],
    )
    async def test_it_reads_on_in_the_language_of_the_mail_until_another_is_chosen(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        browser: httpx.AsyncClient,
        language: str,
        chosen: str,
        read: str,
    ) -> None:
        member = make.a_member("Kim Muster", language=language)
        await exchange.hears(member)
        link = a_link(exchange, member.member_id)
        prefers = {"Accept-Language": "en" if language == "de" else "de"}

        page = await browser.get(f"{link}{chosen}", headers=prefers)
        later = await browser.get(link, headers=prefers)

        assert page.headers["Content-Language"] == read
        assert later.headers["Content-Language"] == read

    async def test_one_click_of_a_mail_program_stops_the_mails(
        self,
        exchange: Exchange,
        make: Builders,
        browser: httpx.AsyncClient,
        mail_server: MailCatcher,
    ) -> None:
        seller = uuid4()
        member = make.a_member(of=seller)
        await exchange.hears(member)
        link = a_link(exchange, member.member_id)

        stopped = await browser.post(link, data={"List-Unsubscribe": "One-Click"})
        await browser.post(link, data={"List-Unsubscribe": "One-Click"})
        await exchange.hears(make.a_proposal(offer_by=seller, request_by=uuid4()))
        await exchange.sends_all()

        assert stopped.status_code == 200
        assert await exchange.states() == ["suppressed"]
        assert mail_server.mailbox.mails_to(member.email) == ()
        [said] = await exchange.said("subscription.changed")
        assert b'"frequency":"never"' in said["payload"]
        [consent] = await exchange.rows("select * from consent")
        assert consent["given_by"] == "one-click"

    async def test_it_says_that_hits_of_saved_searches_stop_too(
        self,
        exchange: Exchange,
        make: Builders,
        browser: httpx.AsyncClient,
        mail_server: MailCatcher,
    ) -> None:
        member = make.a_member()
        await exchange.hears(member)
        link = a_link(exchange, member.member_id)

        await browser.post(link, data={"List-Unsubscribe": "One-Click"})
        await exchange.hears(make.a_hit("Dosierpumpen", of=member))
        await exchange.sends_all()

        page = await browser.get(link)
        assert "keine Vorschläge und keine Treffer gespeicherter Suchen mehr." in page.text
        assert mail_server.mailbox.mails_to(member.email) == ()

    @pytest.mark.parametrize("act", ["", "/undo"])
    async def test_what_follows_belongs_to_the_request(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient, act: str
    ) -> None:
        member = make.a_member()
        await exchange.hears(member)
        link = a_link(exchange, member.member_id)
        if act:
            await browser.post(link)
        page = await browser.get(link)
        trace = f"00-{uuid4().hex}-00f067aa0ba902b7-01"

        answer = await browser.post(
            f"{link}{act}",
            data={"form_token": token_in(page.text)},
            headers={"traceparent": trace},
        )

        headers = json.loads((await exchange.said("subscription.changed"))[-1]["headers"])
        assert headers["ce_correlationid"] == answer.headers["X-Correlation-ID"]
        assert headers["traceparent"] == trace

    async def test_other_mails_still_come(
        self,
        exchange: Exchange,
        make: Builders,
        browser: httpx.AsyncClient,
        mail_server: MailCatcher,
    ) -> None:
        owner = uuid4()
        member = make.a_member(of=owner)
        await exchange.hears(member)
        await browser.post(a_link(exchange, member.member_id))

        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(member.email)) == 1

    async def test_it_can_be_undone(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        member = make.a_member()
        await exchange.hears(member)
        link = a_link(exchange, member.member_id, "surveys")
        assert (await browser.post(link)).status_code == 303
        page = await browser.get(link)

        await browser.post(f"{link}/undo", data={"form_token": token_in(page.text)})

        first, second = await exchange.said("subscription.changed")
        assert b'"frequency":"instant"' in second["payload"]
        assert first["key"] == second["key"]
        assert "Abbestellt" not in (await browser.get(link)).text

    async def test_a_forged_expired_or_foreign_link_says_what_to_do(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        member = make.a_member()
        await exchange.hears(member)
        good = a_link(exchange, member.member_id)
        forged = a_link(exchange, member.member_id, keys=generate_link_key())
        expired = a_link(exchange, member.member_id, expires_in=timedelta(seconds=-1))
        foreign = good.replace("/proposals/", "/surveys/")
        stranger = a_link(exchange, uuid4())

        answers = [await browser.post(link) for link in (forged, expired, foreign, stranger)]

        assert [answer.status_code for answer in answers] == [404, 410, 404, 410]
        assert all("neuesten E-Mail" in answer.text for answer in answers)
        assert await exchange.rows("select 1 from preference") == []

    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_a_link_that_is_too_old_says_so_in_the_mails_language(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient, method: str
    ) -> None:
        member = make.a_member(language="en")
        await exchange.hears(member)
        expired = a_link(exchange, member.member_id, expires_in=timedelta(seconds=-1))

        page = await browser.request(method, expired, headers={"Accept-Language": "de"})

        assert page.status_code == 410
        assert '<html lang="en"' in page.text
