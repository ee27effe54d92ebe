"""The frame around this service's pages: operators see their own navigation."""

from collections.abc import Mapping

from starlette.requests import Request

from chassis.web.language import Localised
from chassis.web.site import NavigationLink, Site


def _link(href: str, german: str, english: str) -> NavigationLink:
    return NavigationLink(href=href, label=Localised(de=german, en=english))


DEFAULT_SITE = Site(
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


class Frame:
    """Adds the operators' navigation where an operator is signed in."""

    def __init__(self, site: Site) -> None:
        navigation = (*site.navigation, *OPERATOR_LINKS)
        self._operators = site.model_copy(update={"navigation": navigation})

    def __call__(self, request: Request) -> Mapping[str, object]:
        if getattr(request.state, "account", None) is None:
            return {}
        current = self._operators.current(request.url.path)
        return {"site": self._operators, "current": current}
