"""What all pages of one installation share: name, navigation, legal links; from settings."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from chassis.settings import ServiceSettings
from chassis.web.language import Localised

IMPRINT = Localised(de="Impressum", en="Imprint")
DATA_PROTECTION = Localised(de="Datenschutz", en="Data protection")
ACCESSIBILITY = Localised(de="Barrierefreiheit", en="Accessibility")
ATTRIBUTION = Localised(de="Quellen", en="Sources")


class NavigationLink(BaseModel):
    """`pages` are shown below it to whoever is signed in, on each of them."""

    model_config = ConfigDict(frozen=True)

    href: str
    label: Localised
    pages: tuple["NavigationLink", ...] = ()

    def nearest(self, path: str) -> str:
        """The longest address of its own or of its pages that the path lies under, or none."""
        own = (self.href, *(page.href for page in self.pages))
        return max((href for href in own if _lies_under(path, href)), key=len, default="")


class Account(BaseModel):
    """The signed-in state, set as `request.state.account`; its links join the navigation."""

    model_config = ConfigDict(frozen=True)

    name: str
    links: tuple[NavigationLink, ...] = ()
    sign_out: str


class Site(BaseModel):
    """The frame around every page."""

    model_config = ConfigDict(frozen=True)

    name: Localised
    claim: Localised | None = None
    home: str = "/"
    navigation: tuple[NavigationLink, ...] = ()
    legal: tuple[NavigationLink, ...] = ()
    sign_in: NavigationLink | None = None
    time_zone: str = Field(default="Europe/Berlin")

    def installed(self, settings: ServiceSettings) -> Self:
        """As one installation shows it: with its operator's legal links and time zone."""
        addresses = (
            (settings.imprint_url, IMPRINT),
            (settings.data_protection_url, DATA_PROTECTION),
            (settings.accessibility_url, ACCESSIBILITY),
            (settings.attribution_url, ATTRIBUTION),
        )
        legal = tuple(NavigationLink(href=href, label=label) for href, label in addresses if href)
        return self.model_copy(update={"legal": legal, "time_zone": settings.time_zone})

    def links_for(self, account: Account | None) -> tuple[NavigationLink, ...]:
        """What everybody finds, then what this person may open besides."""
        return (*self.navigation, *(account.links if account else ()))

    def current(self, path: str, account: Account | None = None) -> NavigationLink | None:
        """The navigation entry that the path lies under: the longest matching address."""
        under = [link for link in self.links_for(account) if link.nearest(path)]
        return max(under, key=lambda link: len(link.nearest(path)), default=None)


def _lies_under(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
