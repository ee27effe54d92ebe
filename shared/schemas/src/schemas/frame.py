"""The frame around the pages of all services: one name, one navigation, one way in and out."""

from collections.abc import Iterable

from schemas.event import Value
from schemas.vocabulary import Role


class Text(Value):
    de: str
    en: str


class FrameLink(Value):
    """An entry of the navigation, and the pages that stand below it once somebody is signed in."""

    href: str
    label: Text
    pages: tuple["FrameLink", ...] = ()


class Frame(Value):
    """Has the shape of the chassis's ``Site``, so that a service makes one from its dump."""

    name: Text
    claim: Text
    navigation: tuple[FrameLink, ...]
    sign_in: FrameLink


def _link(href: str, german: str, english: str, *, pages: tuple[FrameLink, ...] = ()) -> FrameLink:
    return FrameLink(href=href, label=Text(de=german, en=english), pages=pages)


_MINE = (
    _link("/my/listings", "Meine Einträge", "My listings"),
    _link("/my/contacts", "Meine Anfragen", "My enquiries"),
    _link("/matching/searches", "Gespeicherte Suchen", "Saved searches"),
    _link("/my/organisations", "Meine Organisationen", "My organisations"),
    _link("/my/tokens", "API-Schlüssel", "API tokens"),
    _link("/my/data", "Meine Daten", "My data"),
)


FRAME = Frame(
    name=Text(de="Kooperationsbörse", en="Cooperation exchange"),
    claim=Text(de="Wer bietet, wer sucht, wer passt", en="Who offers, who seeks, who fits"),
    navigation=(
        _link("/listings", "Angebote & Gesuche", "Offers & requests"),
        _link("/my/listings", "Mein Bereich", "My area", pages=_MINE),
    ),
    sign_in=_link("/sign-in", "Anmelden", "Sign in"),
)
SIGN_OUT = "/sign-out"

_MODERATION = _link("/moderation", "Moderation", "Moderation")
_NEWCOMERS = _link("/moderation/members", "Neue Mitglieder", "New members")
_UNMET = _link("/matching/unmet", "Offene Gesuche", "Unmet requests")
_WAITING = _link("/moderation/drafts", "Noch ohne Mitglied", "No member yet")
_MAILS = _link("/notifications/mails", "E-Mails", "E-mails")
_REPORTS = _link("/surveys/reports", "Berichte", "Reports")
_ROLES = _link("/moderation/roles", "Rollen", "Roles")
_LINKS_OF_ROLE = {
    Role.MODERATOR: (_MODERATION, _MAILS, _REPORTS),
    Role.BROKER: (_UNMET, _WAITING, _NEWCOMERS, _MAILS, _REPORTS),
    Role.ADMIN: (_MODERATION, _UNMET, _WAITING, _MAILS, _REPORTS, _ROLES),
}
OPERATORS = frozenset(_LINKS_OF_ROLE)


def account(name: str, roles: Iterable[Role]) -> dict[str, object]:
    """What the header shows of whoever is signed in; has the shape of the chassis's ``Account``."""
    links = dict.fromkeys(link for role in roles for link in _LINKS_OF_ROLE.get(role, ()))
    return {
        "name": name,
        "links": [link.model_dump() for link in links],
        "sign_out": SIGN_OUT,
    }
