"""What a mail's link to a search says once the link no longer holds, or the search is gone."""

from chassis.signing import LinkSigner
from chassis.web.problem import Problem
from chassis.web.translation import mark
from matching.links import claims_in, link_expired
from schemas.claims import LinkClaims

ELSEWHERE = mark("Melden Sie sich an: Unter „Gespeicherte Suchen“ können Sie die Suche löschen.")


def search_claims_in(token: str, *, signer: LinkSigner) -> LinkClaims:
    """What the link says, or a page that says where else the search can be deleted."""
    try:
        return claims_in(token, signer=signer)
    except Problem as useless:
        raise Problem(
            useless.status,
            useless.detail,
            title=useless.title,
            remedy=ELSEWHERE,
        ) from None


def search_link_expired() -> Problem:
    return link_expired(ELSEWHERE)


def search_over() -> Problem:
    return Problem(
        410,
        mark("Sie wurde gelöscht; dazu schreiben wir Ihnen nicht mehr."),
        title=mark("Diese Suche gibt es nicht mehr"),
        remedy=mark("Neue Suchen speichern Sie angemeldet unter „Gespeicherte Suchen“."),
    )
