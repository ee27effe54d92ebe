"""The links in a mail: each opens one thing for one member, signed with the purpose's key."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from chassis.signing import LinkSigner
from notifications.composing import Links
from notifications.mail import Notice
from schemas.claims import NO_ORGANISATION, LinkClaims
from schemas.links import PATHS, LinkPurpose
from schemas.vocabulary import MailPurpose

UNSUBSCRIBE_LIFE = timedelta(days=400)
STOPPED_BY = {
    MailPurpose.PROPOSALS: LinkPurpose.UNSUBSCRIBE_PROPOSALS,
    MailPurpose.SURVEYS: LinkPurpose.UNSUBSCRIBE_SURVEYS,
}

Token = Callable[[LinkPurpose, LinkClaims], str]


def masked(_purpose: LinkPurpose, _claims: LinkClaims) -> str:
    """Stands for a token where a mail is only shown."""
    return "…"


def signing(signer_of: Callable[[LinkPurpose], LinkSigner]) -> Token:
    return lambda purpose, claims: signer_of(purpose).sign(claims.packed())


def links_of(notice: Notice, member_id: UUID, *, origin: str, token: Token, now: datetime) -> Links:
    def address(purpose: LinkPurpose, claims: LinkClaims) -> str:
        return origin.rstrip("/") + PATHS[purpose].format(token=token(purpose, claims))

    target = notice.letter.link(notice.event)
    button = LinkClaims(
        object_id=target.object_id,
        member_id=member_id,
        organisation_id=notice.addressee.organisation_id,
        expires_at=target.expires_at,
    )
    stop = LinkClaims(
        object_id=member_id,
        member_id=member_id,
        organisation_id=NO_ORGANISATION,
        expires_at=now + UNSUBSCRIBE_LIFE,
    )
    stopped_by = STOPPED_BY.get(notice.letter.purpose)
    return Links(
        button=address(target.purpose, button),
        unsubscribe=None if stopped_by is None else address(stopped_by, stop),
        home=origin,
    )


def token_in(address: str) -> str:
    return address.rpartition("/")[2]
