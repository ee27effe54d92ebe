"""The frame of this service's pages: the exchange's name and navigation."""

from chassis.web.language import Localised
from chassis.web.pages import Pages
from chassis.web.site import NavigationLink, Site

PREFIX = "/notifications"


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
OPERATOR_LINKS = (
    _link("/moderation", "Moderation", "Moderation"),
    _link("/notifications/mails", "E-Mails", "E-mails"),
    _link("/surveys/reports", "Berichte", "Reports"),
)


def make_pages() -> Pages:
    return Pages("notifications", site=SITE, prefix=PREFIX)
