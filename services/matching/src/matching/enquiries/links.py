"""Links of enquiries: a mail's link opens one; a yes leads on with a link to the offer draft."""

from datetime import datetime, timedelta

from chassis.signing import ForgedToken, LinkSigner
from chassis.web.problem import Problem
from chassis.web.translation import mark
from schemas.claims import LinkClaims, MalformedClaims
from schemas.links import PATHS, LinkPurpose

DRAFT_OPEN = timedelta(days=14)


def enquiry_claims_in(token: str, *, signer: LinkSigner) -> LinkClaims:
    """What the link says, maybe too late, or a page that says what to do instead."""
    try:
        return LinkClaims.unpacked(signer.verify(token))
    except (ForgedToken, MalformedClaims):
        raise Problem(
            404,
            mark("Dieser Link ist unvollständig oder wurde verändert."),
            title=mark("Dieser Link passt nicht"),
            remedy=mark("Öffnen Sie ihn noch einmal direkt aus der E-Mail mit der Anfrage."),
        ) from None


def enquiry_over() -> Problem:
    return Problem(
        410,
        mark("Die Frist ist abgelaufen, oder das Gesuch wurde inzwischen beendet."),
        title=mark("Diese Anfrage hat sich erledigt"),
        remedy=mark(
            "Sie müssen nichts tun. Möchten Sie Ihr Angebot trotzdem zeigen, tragen Sie es unter "
            "„Angebote & Gesuche“ ein."
        ),
    )


def offer_draft_link(claims: LinkClaims, *, signer: LinkSigner, now: datetime) -> str:
    """Where the same member completes the offer that the answer began."""
    onward = claims.model_copy(update={"expires_at": now + DRAFT_OPEN})
    return PATHS[LinkPurpose.OFFER_DRAFT].format(token=signer.sign(onward.packed()))
