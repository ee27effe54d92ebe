"""From a notice and its reader to a finished text; the words stand in ``templates/mails``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from chassis.web.compiled_templates import CompiledTemplates
from chassis.web.language import LANGUAGES, Language
from chassis.web.presentation import Presentation
from chassis.web.translation import Catalogue
from notifications.mail import Notice, Recipient
from notifications.reasons import AS_A_WHOLE, BY_THE_DIRECTORY, Side, sentences
from notifications.subject_line import Values, fitted
from schemas.match import MatchProposed
from schemas.request import EnquiryApproved

NEXT_LANGUAGE = f"\n{'=' * 60}\n\n"

_COMPILED = {language: CompiledTemplates() for language in LANGUAGES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses in one mail, and the ``tokens`` in them that open something.

    ``items`` has one for each thing that is told, ``button`` leads to it or to all of them.
    ``unsubscribe`` stops a whole purpose in one click, ``stop`` leads to the page where just this
    is ended; each is there only where it can be done.
    """

    button: str
    unsubscribe: str | None
    home: str
    stop: str | None = None
    items: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one reader gets to read."""

    subject: str
    text: str
    html: str

    def without(self, *secrets: str) -> "Message":
        """The message as it may be kept and shown to operators: nothing in it opens anything."""
        text, html = self.text, self.html
        for secret in secrets:
            text, html = text.replace(secret, "…"), html.replace(secret, "…")
        return Message(subject=self.subject, text=text, html=html)


class Composer:
    """Renders ``<template>/subject.txt``, ``body.txt`` and ``body.html`` in the reader's tongue."""

    def __init__(self, *, exchange: str, imprint: str, time_zone: str) -> None:
        self._frame = {"exchange": exchange, "imprint": imprint}
        self._zone = ZoneInfo(time_zone)
        self._catalogue = Catalogue("notifications")
        self._environments = {language: self._environment(language) for language in LANGUAGES}

    def compose(
        self,
        notices: Sequence[Notice],
        recipient: Recipient,
        links: Links,
        *,
        counterpart: str | None,
    ) -> Message:
        """``counterpart`` is the name of the other side where it is disclosed already.

        Several notices are of one letter.

        A reader whose language nobody knows gets all of them in one mail.
        """
        notice = notices[0]
        languages: list[Language] = [language.value for language in recipient.languages]
        context = {
            **self._frame,
            "event": notice.event,
            "items": list(zip((each.event for each in notices), links.items, strict=True)),
            "side": notice.addressee.side,
            "recipient": recipient,
            "links": links,
            "counterpart": counterpart,
        }
        return self._framed(
            languages,
            [
                self._page(notice, context | {"continues": each != languages[-1]}, each)
                for each in languages
            ],
        )

    def _page(self, notice: Notice, context: dict[str, Any], language: Language) -> Message:
        """The mail in one language; its HTML still lacks the frame."""
        folder, environment = notice.letter.template, self._environments[language]
        said = {"language": language, "reasons": self._reasons(notice, language)}

        def rendered(part: str) -> str:
            return environment.get_template(f"{folder}/{part}").render(context | said)

        def fitting(message: str, **values: Any) -> str:
            def worded(shorter: Values) -> str:
                return self._catalogue.sentence(language, message, shorter)

            return fitted(worded, values)

        subject = environment.get_template(f"{folder}/subject.txt")
        return Message(
            subject=" ".join(subject.render(context | said | {"_": fitting}).split()),
            text=_squeezed(rendered("body.txt")),
            html=rendered("body.html"),
        )

    def _framed(self, languages: list[Language], pages: list[Message]) -> Message:
        subject = " / ".join(page.subject for page in pages)
        frame = self._environments[languages[0]].get_template("frame.html")
        return Message(
            subject=subject,
            text=NEXT_LANGUAGE.join(page.text for page in pages),
            html=frame.render(
                language=languages[0], subject=subject, pages=[page.html for page in pages]
            ),
        )

    def _reasons(self, notice: Notice, language: Language) -> tuple[str, ...]:
        event, side = notice.event, notice.addressee.side
        if not isinstance(event, MatchProposed | EnquiryApproved):
            return ()
        whole = AS_A_WHOLE if isinstance(event, MatchProposed) else BY_THE_DIRECTORY
        as_side: Side = "offer" if side == "offer" else "request"
        show = Presentation(language, self._zone)
        return tuple(
            self._catalogue.sentence(
                language,
                sentence.message,
                {
                    name: show.day(value) if isinstance(value, date) else value
                    for name, value in sentence.values.items()
                },
            )
            for sentence in sentences(event.reasons, as_side, language, otherwise=whole)
        )

    def _environment(self, language: Language) -> Environment:
        environment = Environment(
            loader=PackageLoader("notifications", "templates/mails"),
            autoescape=select_autoescape(("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            bytecode_cache=_COMPILED[language],
        )

        def said(message: str, **values: Any) -> str:
            return self._catalogue.sentence(language, message, values)

        environment.globals.update({"_": said})
        environment.filters.update(Presentation(language, self._zone).filters())
        environment.filters["quoted"] = _quoted
        return environment


def _squeezed(text: str) -> str:
    """One empty line between paragraphs, whatever a template's branches leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())
