"""A body that is no JSON: where reading stopped, and what to do; German, translated when shown."""

from json import JSONDecodeError

from chassis.web.refusal import NOT_JSON, Refusal
from chassis.web.translation import mark

SYNTAX = Refusal(
    detail=mark("Der Inhalt ist kein gültiges JSON: Zeile {line}, Zeichen {column}."),
    remedy=mark(
        "Prüfen Sie dort Klammern, Kommas und Anführungszeichen; ein Zeilenumbruch in einem Text"
        " wird als \\n geschrieben."
    ),
)
ENCODING = Refusal(
    detail=mark("Der Inhalt ist nicht in UTF-8 kodiert: Zeile {line}, Zeichen {column}."),
    remedy=mark("Senden Sie ihn in UTF-8."),
)
TOO_DEEP = Refusal(
    detail=mark("Der Inhalt ist zu tief verschachtelt."),
    remedy=mark("Senden Sie nur die beschriebenen Felder."),
)
NOT_SAID_TO_BE_JSON = Refusal(
    detail=mark("Der Inhalt ist nicht als JSON bezeichnet."),
    remedy=mark("Senden Sie JSON und dazu „Content-Type: application/json“."),
)


def refusal_of_body(cause: BaseException | None) -> Refusal | None:
    """What to say about a body that made the reader raise this; None where it raised no such."""
    match cause:
        case JSONDecodeError():
            return _at(SYNTAX, line=cause.lineno, column=cause.colno)
        case UnicodeDecodeError():
            lines = cause.object[: cause.start].decode(cause.encoding, "replace").split("\n")
            return _at(ENCODING, line=len(lines), column=len(lines[-1]) + 1)
        case RecursionError():
            return TOO_DEEP
        case ValueError():
            return NOT_JSON
    return None


def _at(refusal: Refusal, *, line: int, column: int) -> Refusal:
    values = {"line": line, "column": column}
    return Refusal(detail=refusal.detail, remedy=refusal.remedy, values=values)
