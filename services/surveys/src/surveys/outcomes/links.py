"""The links in the mails that ask: a genuine, unexpired one opens one question for one member."""

from chassis.signing import ForgedToken, LinkSigner
from chassis.web.problem import Problem
from chassis.web.translation import mark
from schemas.claims import LinkClaims, MalformedClaims

BROKEN = mark("Dieser Link ist unvollständig oder wurde verändert.")
OPEN_FROM_MAIL = mark(
    "Öffnen Sie ihn noch einmal direkt aus der E-Mail. Hilft das nicht, schickt Ihnen das Team "
    "der Kooperationsbörse gern einen neuen."
)


def claims_in(token: str, *, signer: LinkSigner) -> LinkClaims:
    """What the link says, maybe too late, or a page that says what to do instead."""
    try:
        return LinkClaims.unpacked(signer.verify(token))
    except (ForgedToken, MalformedClaims):
        raise Problem(
            404, BROKEN, title=mark("Dieser Link passt nicht"), remedy=OPEN_FROM_MAIL
        ) from None


def question_over() -> Problem:
    return Problem(
        410,
        mark("Die Zeit für diese Frage ist abgelaufen, oder es gibt sie nicht mehr."),
        title=mark("Diese Frage ist abgeschlossen"),
        remedy=mark(
            "Sie müssen nichts tun. Steht noch eine spätere Frage aus, kommt sie mit einem neuen "
            "Link per E-Mail."
        ),
    )
