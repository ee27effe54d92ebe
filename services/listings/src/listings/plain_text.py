"""Text that people write here: neither control characters nor HTML, refused in words."""

import re
from typing import Annotated

from pydantic import AfterValidator

from chassis.web.refusal import Refusal, refuse
from chassis.web.text import Line, Prose
from chassis.web.translation import mark

HTML = Refusal(
    detail=mark("„{label}“ enthält HTML."),
    remedy=mark("Schreiben Sie reinen Text ohne spitze Klammern wie <b>."),
)
_TAG = re.compile(r"<\s*[/!]?\s*[a-z][^>]*>|<!--|&#?\w+;", re.IGNORECASE)


def _without_html(text: str) -> str:
    if _TAG.search(text):
        raise refuse(HTML)
    return text


PlainLine = Annotated[Line, AfterValidator(_without_html)]
PlainProse = Annotated[Prose, AfterValidator(_without_html)]
