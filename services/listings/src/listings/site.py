"""The frame of every page of this service: name, navigation, who is signed in."""

from chassis.web.language import Localised
from chassis.web.pages import Pages
from chassis.web.site import Account, NavigationLink, Site
from listings.members.member import Member
from schemas.vocabulary import Role


def _link(href: str, german: str, english: str) -> NavigationLink:
    return NavigationLink(href=href, label=Localised(de=german, en=english))


SITE = Site(
    name=Localised(de="Kooperationsbörse", en="Cooperation exchange"),
    claim=Localised(de="Wer bietet, wer sucht, wer passt", en="Who offers, who seeks, who fits"),
    navigation=(
        _link("/listings", "Angebote & Gesuche", "Offers & requests"),
        _link("/my/listings", "Mein Bereich", "My area"),
    ),
    sign_in=_link("/sign-in", "Anmelden", "Sign in"),
)

_MODERATION = _link("/moderation", "Moderation", "Moderation")
_MAILS = _link("/notifications/mails", "E-Mails", "E-mails")
_REPORTS = _link("/surveys/reports", "Berichte", "Reports")
_LINKS_OF_ROLE = {
    Role.MODERATOR: (_MODERATION,),
    Role.BROKER: (_MODERATION, _REPORTS),
    Role.ADMIN: (_MODERATION, _MAILS, _REPORTS),
}


def make_pages() -> Pages:
    return Pages("listings", site=SITE)


def account_of(member: Member) -> Account:
    """What the header shows of a member: the name, and the operators' pages of their roles."""
    links = (link for role in member.roles for link in _LINKS_OF_ROLE.get(role, ()))
    return Account(name=member.name, links=tuple(dict.fromkeys(links)), sign_out="/sign-out")
