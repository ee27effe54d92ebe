"""What an operator reads about a mail is true of it: sent, waiting, too late, or without a text."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from notification_builders import Builders
from notification_scene import Exchange, session_of

from embedded.mail import Mail as MailCatcher
from notifications.mail import SENT_AGAIN, Doubt

WENT_OUT = "So ging die E-Mail hinaus."
WOULD_GO = "So ginge die E-Mail jetzt hinaus."
DID_NOT = "Sie wurde nicht verschickt."
NO_END = datetime.max.replace(tzinfo=UTC)
"""A time that no zone east of Greenwich can say, so that no text comes of it."""


@pytest.fixture(autouse=True)
async def operator(exchange: Exchange, make: Builders, browser: httpx.AsyncClient) -> None:
    member = make.a_member("Rita", roles=("moderator",))
    await exchange.hears(member)
    browser.cookies.set("session", session_of(member.member_id))


async def page_of_the_mail(exchange: Exchange, browser: httpx.AsyncClient) -> tuple[Any, str]:
    [mail] = await exchange.mails()
    answer = await browser.get(f"/notifications/mails/{mail['id']}")
    assert answer.status_code == 200
    return mail, answer.text


class TestContentThatWasRefused:
    @pytest.mark.parametrize(("state", "says"), [("pending", WOULD_GO), ("expired", DID_NOT)])
    async def test_did_not_go_out(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        browser: httpx.AsyncClient,
        *,
        state: str,
        says: str,
    ) -> None:
        kim = make.a_member("Kim", of=uuid4())
        mail_server.mailbox.refuse_content(kim.email, "451 4.3.0 try later")
        await exchange.hears(kim)
        await exchange.hears(make.a_listing("Dosierpumpen", by=kim.organisation_ids[0]))
        await exchange.sends_all()
        assert await exchange.states() == ["pending"]
        await exchange.rows("update mail set state = $1", state)

        _, page = await page_of_the_mail(exchange, browser)

        assert says in page
        assert WENT_OUT not in page

    async def test_was_given_away_where_an_operator_left_it_at_that(
        self, exchange: Exchange, make: Builders, browser: httpx.AsyncClient
    ) -> None:
        await exchange.hears(make.a_sign_in())
        await exchange.sends_all()
        await exchange.rows("update mail set state = 'suppressed'")

        _, page = await page_of_the_mail(exchange, browser)

        assert WENT_OUT in page


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        (Doubt.HANDED_OVER, "Der Mailserver antwortete nach der Übergabe nicht."),
        (SENT_AGAIN, "Der Mailserver hatte sie nicht. Sie geht noch einmal hinaus."),
    ],
)
async def test_what_we_noted_ourselves_is_said_in_the_readers_language(
    exchange: Exchange, make: Builders, browser: httpx.AsyncClient, *, noted: str, said: str
) -> None:
    await exchange.hears(make.a_sign_in())
    await exchange.rows("update mail set diagnostic = $1", noted)

    _, page = await page_of_the_mail(exchange, browser)

    assert said in page
    assert noted not in page


async def test_what_came_too_late_was_not_sent(
    exchange: Exchange, make: Builders, browser: httpx.AsyncClient
) -> None:
    old = datetime.now(UTC) - timedelta(days=8)
    kim = make.a_member("Kim", of=uuid4())
    await exchange.hears(kim)
    await exchange.hears(
        make.a_listing("Dosierpumpen", by=kim.organisation_ids[0], occurred_at=old)
    )

    mail, page = await page_of_the_mail(exchange, browser)

    assert mail["state"] == "expired"
    assert DID_NOT in page
    assert WOULD_GO not in page
    assert "Erledigt" in page


class TestWithoutText:
    @pytest.fixture(autouse=True)
    async def held(self, exchange: Exchange, make: Builders) -> None:
        """No text came of it, and nothing went to the mail server."""
        kim, ole = make.a_member("Kim", of=uuid4()), make.a_member("Ole", of=uuid4())
        await exchange.hears(kim)
        message = make.a_message("Ja?", owner=kim.organisation_ids[0], requester=ole, name=None)
        await exchange.hears(message.model_copy(update={"lapses_at": NO_END}))
        await exchange.sends_all()
        assert await exchange.states() == ["held"]

    async def test_its_page_says_so_and_can_be_decided_on(
        self, exchange: Exchange, browser: httpx.AsyncClient
    ) -> None:
        _, page = await page_of_the_mail(exchange, browser)

        assert "Kein Text entstanden" in page
        assert "nichts ging an den Mailserver" in page
        assert "Noch einmal schicken" in page
        assert "Erledigt" not in page, "an operator has to decide"
        for untrue in ("Der Mailserver hat den Inhalt bekommen", "Der Text wurde gelöscht"):
            assert untrue not in page

    async def test_among_all_held_ones_it_blames_no_mail_server(
        self, browser: httpx.AsyncClient
    ) -> None:
        page = (await browser.get("/notifications/mails/held")).text

        assert "Kein Text entstanden" in page
        assert "Mailserver schwieg" not in page

    async def test_it_has_no_html_to_show(
        self, exchange: Exchange, browser: httpx.AsyncClient
    ) -> None:
        [mail] = await exchange.mails()

        answer = await browser.get(f"/notifications/mails/{mail['id']}/html")

        assert answer.status_code == 404


async def test_whom_nobody_knows_any_more_is_not_said_to_have_asked_for_deletion(
    exchange: Exchange, make: Builders, browser: httpx.AsyncClient
) -> None:
    owner = uuid4()
    by_address = {"allows_enquiries": True, "enquiry_email": make.address("anfragen")}
    asked = make.an_organisation("Hanse Textil", owner, **by_address)
    await exchange.hears(asked)
    await exchange.hears(make.an_enquiry(to=owner, about_request_of=uuid4()))
    await exchange.hears(asked.model_copy(update={"revision": 2, "enquiry_email": None}))
    await exchange.sends_all()

    mail, page = await page_of_the_mail(exchange, browser)

    assert mail["state"] == "suppressed"
    assert "Der Text wurde gelöscht" not in page
    assert "niemanden mehr, der sie bekäme" in page
