"""Text as people may send it: no control characters, plain text no HTML; refused by field."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from chassis.web.markup import is_markup
from chassis.web.refusal import CONTROL_CHARACTER, HTML, refuse

ALLOWED_CONTROLS = frozenset("\n\r\t")
REFUSED_CATEGORIES = frozenset({"Cc", "Cs"})
REPLACEMENT = "\ufffd"
UNSEEN = dict.fromkeys(
    (0x00AD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
"""Come along when somebody copies, say nothing, and would part a word or turn a page round.

They are left out; what joins letters of other scripts stays.
"""

SEPARATORS = re.compile(r"[,;\n]")

Location = tuple[str | int, ...]


def has_control_characters(text: str) -> bool:
    """True for NUL, escapes, lone surrogates, and the mark of bytes that were not UTF-8."""
    if text.isascii() and text.isprintable():
        return False
    return any(_is_refused(character) for character in text)


def controlled_texts(value: object) -> Iterator[Location]:
    """Where in a parsed JSON value texts or names with control characters stand."""
    pending: list[tuple[Location, object]] = [((), value)]
    while pending:
        location, current = pending.pop()
        if isinstance(current, str) and has_control_characters(current):
            yield location
        elif isinstance(current, dict):
            if any(has_control_characters(str(key)) for key in current):
                yield location
            pending += [((*location, key), inner) for key, inner in current.items()]
        elif isinstance(current, list):
            pending += [((*location, index), inner) for index, inner in enumerate(current)]


def _is_refused(character: str) -> bool:
    if character in ALLOWED_CONTROLS:
        return False
    return character == REPLACEMENT or unicodedata.category(character) in REFUSED_CATEGORIES


def composed(text: str) -> str:
    """The text as most keyboards write it: copied from a file, `ü` may be `u` and two dots."""
    return unicodedata.normalize("NFC", text.translate(UNSEEN)).strip()


def _one_line(value: object) -> object:
    if not isinstance(value, str):
        return value
    if has_control_characters(value) or len(value.splitlines()) > 1:
        raise refuse(CONTROL_CHARACTER)
    return composed(value)


def _prose(value: object) -> object:
    if not isinstance(value, str):
        return value
    if has_control_characters(value):
        raise refuse(CONTROL_CHARACTER)
    return composed(value.replace("\r\n", "\n"))


def _without_html(text: str) -> str:
    if is_markup(text):
        raise refuse(HTML)
    return text


def _parts(value: object) -> object:
    """A text such as `a, b; c` becomes its parts; anything else is left to the field's own type."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return value
    parts = (part.strip() for text in texts for part in SEPARATORS.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


# Before a field's limits are looked at: they are those of what is kept.
Line = Annotated[str, BeforeValidator(_one_line)]
Prose = Annotated[str, BeforeValidator(_prose)]
PlainLine = Annotated[Line, AfterValidator(_without_html)]
PlainProse = Annotated[Prose, AfterValidator(_without_html)]
Separated = BeforeValidator(_parts)
