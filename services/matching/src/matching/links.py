"""Links: a mail's link opens one proposal; interest leads on with a link to the contact form."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.signing import ForgedToken, LinkSigner
from chassis.web.problem import Problem
from chassis.web.translation import mark
from schemas.claims import LinkClaims, MalformedClaims
from schemas.links import PATHS, LinkPurpose

CONTACT_FORM_OPEN = timedelta(days=14)


def claims_in(token: str, *, signer: LinkSigner) -> LinkClaims:
    """What the link says, maybe too late, or a page that says what to do instead."""
    try:
        return LinkClaims.unpacked(signer.verify(token))
    except (ForgedToken, MalformedClaims):
        raise Problem(
            404,
            mark("Dieser Link ist unvollständig oder wurde verändert."),
            title=mark("Dieser Link passt nicht"),
            remedy=mark(
                "Öffnen Sie ihn noch einmal direkt aus der E-Mail. Hilft das nicht, melden Sie "
                "sich an: Unter „Mein Bereich“ finden Sie Ihre Einträge."
            ),
        ) from None


def link_expired(
    remedy: str = mark(
        "Melden Sie sich an: Solange Ihr Eintrag gilt, schicken wir Ihnen neue Vorschläge "
        "mit neuen Links."
    ),
) -> Problem:
    return Problem(
        410,
        mark("Der Link in Ihrer E-Mail galt nur eine Zeit lang."),
        title=mark("Dieser Link ist abgelaufen"),
        remedy=remedy,
    )


def proposal_over() -> Problem:
    return Problem(
        410,
        mark("Einer der beiden Einträge wurde beendet, oder es gibt ihn nicht mehr."),
        title=mark("Dieser Vorschlag hat sich erledigt"),
        remedy=mark(
            "Sie müssen nichts tun. Passt ein anderer Eintrag zu Ihrem, schreiben wir Ihnen."
        ),
    )


def contact_form_link(
    claims: LinkClaims, counterpart_id: UUID, *, signer: LinkSigner, now: datetime
) -> str:
    """Where the same member writes to the counterpart's listing."""
    onward = claims.model_copy(
        update={"object_id": counterpart_id, "expires_at": now + CONTACT_FORM_OPEN}
    )
    path = PATHS[LinkPurpose.CONTACT_FORM].format(token=signer.sign(onward.packed()))
    return f"{path}?proposal={claims.object_id}"
