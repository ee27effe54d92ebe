"""A person at the pages: keeps cookies, reads mails, presses the buttons a page really has."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Self

import httpx

from embedded.mailbox import CaughtMail
from embedded.plain_http import NO_CERTIFICATES
from embedded.story_exchange import MailReader

_LIMIT_SECONDS = 60
UNSEEN = "site-unseen"
"""What only screen readers say: a person at the page presses the label that is seen."""


class NoSuchButton(AssertionError):
    """The page has no form with this button."""


@dataclass
class PageForm:
    """A form as it stands in a page: what it sends unless something is filled in."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    presses: dict[str, tuple[str, str]] = field(default_factory=dict)

    def button_that_sends(self, name: str, value: str) -> str | None:
        return next((words for words, sent in self.presses.items() if sent == (name, value)), None)


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._button: dict[str, str] | None = None
        self._words: list[str] = []
        self._is_seen = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(action=known.get("action", "")))
        elif tag == "input" and self.forms:
            self._read_input(known)
        elif tag == "button":
            self._button, self._words = known, []
        elif known.get("class") == UNSEEN:
            self._is_seen = False

    def handle_data(self, data: str) -> None:
        if self._is_seen:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._is_seen = True
        if tag != "button" or self._button is None or not self.forms:
            return
        words = " ".join("".join(self._words).split())
        self.forms[-1].buttons.append(words)
        if "name" in self._button:
            self.forms[-1].presses[words] = (self._button["name"], self._button.get("value", ""))
        self._button = None

    def _read_input(self, known: dict[str, str]) -> None:
        chosen = known.get("type") not in {"radio", "checkbox"} or "checked" in known
        if chosen and "name" in known:
            self.forms[-1].values[known["name"]] = known.get("value", "")


def forms_of(page: httpx.Response) -> list[PageForm]:
    reader = _FormReader()
    reader.feed(page.text)
    return reader.forms


class Visitor:
    """One browser, in German unless a page is asked for in another language."""

    def __init__(self, origin: str, *, cookies: httpx.Cookies | None = None) -> None:
        self._http = httpx.Client(
            base_url=origin,
            cookies=cookies,
            follow_redirects=True,
            timeout=_LIMIT_SECONDS,
            trust_env=False,
            verify=NO_CERTIFICATES,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def cookies(self) -> httpx.Cookies:
        """What a later window of the same browser begins with."""
        return self._http.cookies

    def open(self, address: str, *, expected: int = 200, language: str = "de") -> httpx.Response:
        answer = self._http.get(address, headers={"Accept-Language": language})
        return _answered(answer, expected)

    def press(
        self,
        page: httpx.Response,
        button: str,
        filled_in: Mapping[str, str] = MappingProxyType({}),
        *,
        expected: int = 200,
    ) -> httpx.Response:
        """Fill in the form of this button, press it, and follow where it leads."""
        form = _form_with(page, button)
        pressed = form.presses.get(button)
        sent = form.values | ({pressed[0]: pressed[1]} if pressed else {}) | dict(filled_in)
        address = page.url.join(form.action or str(page.url))
        answer = self._http.post(address, data=sent, headers={"Accept-Language": "de"})
        return _answered(answer, expected)

    def tap(self, page: httpx.Response, name: str, value: str) -> httpx.Response:
        """Press the button that sends this value."""
        for form in forms_of(page):
            if button := form.button_that_sends(name, value):
                return self.press(page, button)
        raise NoSuchButton(f"{page.url.path} has no button that says {name}={value}")

    def sign_in(self, email: str, mailbox: MailReader, wait_for: "Wait") -> httpx.Response:
        """By the link in a mail, which a mail scanner opens first."""
        before = mailbox.mails_to(email)
        self.press(self.open("/sign-in"), "Link zuschicken", {"email": email})
        link = wait_for(
            lambda: _link_in_any(mailbox.mails_to(email)[len(before) :], "/sign-in/"),
            f"sign-in mail: {email}",
        )
        self.open(link)
        if self.open("/my/listings").url.path != "/sign-in":
            raise AssertionError("opening the link, as scanners do, signs in")
        page = self.open(link)
        return self.press(page, "Jetzt anmelden")


Wait = Callable[[Callable[[], str | None], str], str]


def link_in(mail: CaughtMail, path: str) -> str:
    """The first link of a mail that leads to this path."""
    found = re.search(rf"https?://[^\s/]+{re.escape(path)}\S*", mail.text)
    if found is None:
        raise AssertionError(f"no link to {path} in “{mail.subject}”")
    return found.group()


def _link_in_any(mails: Sequence[CaughtMail], path: str) -> str | None:
    return next((link_in(mail, path) for mail in mails if path in mail.text), None)


def _form_with(page: httpx.Response, button: str) -> PageForm:
    for form in forms_of(page):
        if button in form.buttons:
            return form
    there = ", ".join(name for form in forms_of(page) for name in form.buttons)
    raise NoSuchButton(f"{page.url.path} has no button “{button}”, only: {there}")


def _answered(answer: httpx.Response, expected: int) -> httpx.Response:
    if answer.status_code != expected:
        begin = " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())[:300]
        raise AssertionError(
            f"{answer.request.method} {answer.request.url.path} answered "
            f"{answer.status_code} instead of {expected}: {begin}"
        )
    return answer
