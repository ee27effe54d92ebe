"""A visitor presses what a page really has, and says what was there instead."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from embedded.demo_visitor import NoSuchButton, Visitor, forms_of, link_in
from embedded.http_server import HttpServer
from embedded.mail import Mail
from embedded.mailbox import CaughtMail
from embedded.story import wait_for

PAGE = """
<form action="/search"><input name="q"><button>Suchen</button></form>
<form action="/sent" method="post">
  <input type="hidden" name="form_token" value="abc">
  <input type="radio" name="kind" value="offer" checked>
  <input type="radio" name="kind" value="request">
  <input type="checkbox" name="urgent" value="yes">
  <button name="answer" value="yes"><b>Ja,</b>
    Kontakt aufnehmen</button>
  <button name="answer" value="no"><span>Absagen</span><span class="site-unseen">: Pumpen</span>
    </button>
</form>
"""


async def page(_: Request) -> Response:
    return HTMLResponse(PAGE)


async def sent(request: Request) -> Response:
    return JSONResponse(dict(await request.form()))


@pytest.fixture(scope="module")
def visitor() -> Iterator[Visitor]:
    site = Starlette(routes=[Route("/", page), Route("/sent", sent, methods=["POST"])])
    with HttpServer(site) as server, Visitor(server.url) as visitor:
        yield visitor


class TestForms:
    def test_a_form_sends_what_is_filled_in_chosen_or_hidden(self) -> None:
        _, form = forms_of(httpx.Response(200, text=PAGE))

        assert form.action == "/sent"
        assert form.values == {"form_token": "abc", "kind": "offer"}

    def test_a_button_is_named_by_its_words_that_are_seen(self) -> None:
        _, form = forms_of(httpx.Response(200, text=PAGE))

        assert form.buttons == ["Ja, Kontakt aufnehmen", "Absagen"]
        assert form.button_that_sends("answer", "no") == "Absagen"
        assert form.button_that_sends("answer", "perhaps") is None


class TestVisitor:
    def test_presses_a_button_of_the_form_that_has_it(self, visitor: Visitor) -> None:
        answer = visitor.press(visitor.open("/"), "Absagen", {"reason": "region"})

        assert answer.json() == {
            "form_token": "abc",
            "kind": "offer",
            "answer": "no",
            "reason": "region",
        }

    def test_taps_the_button_that_sends_a_value(self, visitor: Visitor) -> None:
        assert visitor.tap(visitor.open("/"), "answer", "yes").json()["answer"] == "yes"

    def test_a_missing_button_is_reported_with_those_that_are_there(self, visitor: Visitor) -> None:
        with pytest.raises(NoSuchButton, match="“Löschen”, only: Suchen, Ja, Kontakt"):
            visitor.press(visitor.open("/"), "Löschen")
        with pytest.raises(NoSuchButton, match="answer=perhaps"):
            visitor.tap(visitor.open("/"), "answer", "perhaps")

    def test_another_answer_than_expected_is_reported(self, visitor: Visitor) -> None:
        with pytest.raises(AssertionError, match="GET /nowhere answered 404 instead of 200: Not"):
            visitor.open("/nowhere")


class TestSignIn:
    @pytest.mark.parametrize("signs_in", ["GET", "POST"])
    def test_a_link_that_signs_in_whoever_opens_it_is_reported(
        self, mail_server: Mail, unique: str, signs_in: str
    ) -> None:
        address = f"{unique}@example.org"
        with HttpServer(sign_in_site(mail_server, signs_in)) as server, Visitor(server.url) as one:
            if signs_in == "GET":
                with pytest.raises(AssertionError, match="as scanners do, signs in"):
                    one.sign_in(address, mail_server.mailbox, wait_for)
            else:
                own = one.sign_in(address, mail_server.mailbox, wait_for)
                assert own.url.path == "/my/listings"


class TestLinkIn:
    def test_the_first_link_to_a_path_is_found(self) -> None:
        mail = a_mail("Öffnen: https://a.example/contacts/1?x=2\nhttps://a.example/contacts/2\n")

        assert link_in(mail, "/contacts/") == "https://a.example/contacts/1?x=2"

    def test_a_mail_without_the_link_is_named(self) -> None:
        with pytest.raises(AssertionError, match="no link to /contacts/ in “Ihre Anfrage”"):
            link_in(a_mail("https://a.example/other"), "/contacts/")


def a_mail(text: str) -> CaughtMail:
    mail = EmailMessage()
    mail["Subject"] = "Ihre Anfrage"
    mail.set_content(text)
    return CaughtMail(
        id=1, sender="a@example.org", recipients=(), received_at=datetime.now(UTC), raw=bytes(mail)
    )


def sign_in_site(mail_server: Mail, signs_in: str) -> Starlette:
    """A site that signs in at the link's GET, or at the POST behind its button."""

    async def form(_: Request) -> Response:
        return HTMLResponse(
            '<form method="post"><input name="email"><button>Link zuschicken</button></form>'
        )

    async def send_link(request: Request) -> Response:
        mail = EmailMessage()
        mail["From"], mail["To"] = "boerse@example.org", str((await request.form())["email"])
        mail.set_content(f"{request.base_url}sign-in/token\n")
        with smtplib.SMTP("127.0.0.1", mail_server.smtp_port) as client:
            client.send_message(mail)
        return HTMLResponse("Unterwegs.")

    async def link(request: Request) -> Response:
        answer: Response = HTMLResponse(
            '<form method="post"><button>Jetzt anmelden</button></form>'
        )
        if request.method == "POST":
            answer = RedirectResponse("/my/listings", status_code=303)
        if request.method == signs_in:
            answer.set_cookie("session", "1")
        return answer

    async def own(request: Request) -> Response:
        return HTMLResponse("Mein") if request.cookies else RedirectResponse("/sign-in")

    return Starlette(
        routes=[
            Route("/sign-in", form),
            Route("/sign-in", send_link, methods=["POST"]),
            Route("/sign-in/token", link, methods=["GET", "POST"]),
            Route("/my/listings", own),
        ]
    )
