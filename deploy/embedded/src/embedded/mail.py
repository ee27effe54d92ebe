"""The mail catcher: takes mail by SMTP, delivers none, and shows it on pages and as JSON."""

from pathlib import Path
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from embedded.http_server import HttpServer
from embedded.mailbox import CaughtMail, Mailbox
from embedded.ports import NotStarted, port_or_free

_START_LIMIT_SECONDS = 60
_templates = Jinja2Templates(Path(__file__).with_name("templates"))


class _Server(SMTP):
    """Lets the mailbox be slow with 354, for which aiosmtpd has no hook."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if isinstance(self.event_handler, Mailbox):
            await self.event_handler.before_content()
        await super().smtp_DATA(arg)


class _Catcher(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


class Mail:
    """One mailbox with an SMTP and an HTTP side. Stopped and started again, it keeps its mails."""

    def __init__(self, *, smtp_port: int | None = None, http_port: int | None = None) -> None:
        self.mailbox = Mailbox()
        self._smtp_port = smtp_port
        self._smtp: Controller | None = None
        self._pages = HttpServer(mail_pages(self.mailbox), port=http_port)

    def start(self) -> Self:
        self._smtp_port = port_or_free(self._smtp_port)
        smtp = _Catcher(
            self.mailbox,
            hostname="127.0.0.1",
            port=self._smtp_port,
            ready_timeout=_START_LIMIT_SECONDS,
        )
        smtp.start()
        self._smtp = smtp
        self._pages.start()
        return self

    def stop(self) -> None:
        if self._smtp is not None:
            self._smtp.stop()
            self._smtp = None
        self._pages.stop()

    @property
    def smtp_port(self) -> int:
        if self._smtp_port is None:
            raise NotStarted("the mail catcher")
        return self._smtp_port

    @property
    def url(self) -> str:
        return self._pages.url

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def mail_pages(mailbox: Mailbox) -> Starlette:
    app = Starlette(
        routes=[
            Route("/", _inbox),
            Route("/messages", _list),
            Route("/messages/{id:int}", _message),
            Route("/messages/{id:int}/raw", _raw),
            Route("/by-message-id/{message_id}", _by_message_id),
        ]
    )
    app.state.mailbox = mailbox
    return app


async def _inbox(request: Request) -> Response:
    newest_first = tuple(reversed(_mailbox_of(request).mails))
    return _templates.TemplateResponse(request, "inbox.html", {"mails": newest_first})


async def _list(request: Request) -> Response:
    return JSONResponse([_summary(mail) for mail in _mailbox_of(request).mails])


async def _message(request: Request) -> Response:
    return _templates.TemplateResponse(request, "message.html", {"mail": _asked_mail(request)})


async def _raw(request: Request) -> Response:
    return Response(_asked_mail(request).raw, media_type="text/plain; charset=utf-8")


async def _by_message_id(request: Request) -> Response:
    """As a relay's log would answer: 200 for a mail that was taken over, 404 for any other."""
    wanted = request.path_params["message_id"].strip("<>")
    for mail in _mailbox_of(request).mails:
        if mail.message_id == wanted:
            return JSONResponse(_summary(mail))
    raise HTTPException(404, "no such mail was caught")


def _asked_mail(request: Request) -> CaughtMail:
    for mail in _mailbox_of(request).mails:
        if mail.id == request.path_params["id"]:
            return mail
    raise HTTPException(404, "no such mail was caught")


def _mailbox_of(request: Request) -> Mailbox:
    mailbox: Mailbox = request.app.state.mailbox
    return mailbox


def _summary(mail: CaughtMail) -> dict[str, object]:
    return {
        "id": mail.id,
        "from": mail.sender,
        "to": mail.recipients,
        "subject": mail.subject,
        "time": mail.received_at.isoformat(),
    }
