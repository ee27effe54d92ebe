"""Numbers as people write them: none is taken that may mean thousands as well as a fraction."""

import re

from pydantic import BeforeValidator

from chassis.web.refusal import Refusal, refuse
from chassis.web.translation import mark

_THOUSANDS_OR_NOT = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
UNCLEAR_NUMBER = Refusal(
    detail=mark("„{label}“ kann so Tausende oder Bruchteile bedeuten."),
    remedy=mark(
        "Schreiben Sie Tausende ohne Trennzeichen, zum Beispiel 1000, und Bruchteile mit höchstens "
        "zwei Stellen, zum Beispiel 2,5."
    ),
    remedy_in_data=mark(
        "Schreiben Sie Tausende ohne Punkt, zum Beispiel 1000, und Bruchteile mit höchstens zwei "
        "Stellen, zum Beispiel 2.5."
    ),
)


def clear(text: str) -> str:
    """The same number as a text that is taken: one more digit tells thousandths from thousands."""
    return f"{text}0" if _is_unclear(text) else text


def _is_unclear(text: str) -> bool:
    return _THOUSANDS_OR_NOT.fullmatch(text.strip()) is not None


def _demand_clear(value: object) -> object:
    if isinstance(value, str) and _is_unclear(value):
        raise refuse(UNCLEAR_NUMBER)
    return value


Unmistakable = BeforeValidator(_demand_clear)
"""For numbers that come as texts; a form has put them into Python's spelling before."""
