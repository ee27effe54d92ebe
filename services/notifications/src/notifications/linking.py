"""The links in a mail: each opens one thing for one member, signed with the purpose's key."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis.signing import LinkSigner
from notifications.composing import Links
from notifications.letter import Link, Page
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


def links_of(
    notices: Sequence[Notice], member_id: UUID, *, origin: str, token: Token, now: datetime
) -> Links:
    """For one notice, or for several of one letter, whose button leads to all of them."""
    notice, home = notices[0], origin.rstrip("/")
    letter, event = notice.letter, notice.event
    tokens: list[str] = []

    def address(link: Link | Page, organisation_id: UUID) -> str:
        if isinstance(link, Page):
            return home + link.path
        claims = LinkClaims(
            object_id=link.object_id,
            member_id=member_id,
            organisation_id=organisation_id,
            expires_at=link.expires_at,
        )
        tokens.append(token(link.purpose, claims))
        return home + PATHS[link.purpose].format(token=tokens[-1])

    acting_for = notice.addressee.organisation_id
    unsubscribe = _unsubscribe(letter.purpose, member_id, now=now)
    items = tuple(address(letter.link(each.event), acting_for) for each in notices)
    return Links(
        button=address(letter.together, acting_for)
        if len(items) > 1 and letter.together
        else items[0],
        items=items,
        unsubscribe=address(unsubscribe, NO_ORGANISATION) if unsubscribe else None,
        stop=address(letter.stop(event), acting_for) if letter.stop and len(items) == 1 else None,
        home=origin,
        tokens=tuple(tokens),
    )


def _unsubscribe(purpose: MailPurpose, member_id: UUID, *, now: datetime) -> Link | None:
    stopped_by = STOPPED_BY.get(purpose)
    if stopped_by is None:
        return None
    return Link(purpose=stopped_by, object_id=member_id, expires_at=now + UNSUBSCRIBE_LIFE)
