"""What all pages of one installation share: name, navigation, legal links; from settings."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from chassis.settings import ServiceSettings
from chassis.web.language import Localised

IMPRINT = Localised(de="Impressum", en="Imprint")
DATA_PROTECTION = Localised(de="Datenschutz", en="Data protection")
ATTRIBUTION = Localised(de="Quellen", en="Sources")


class NavigationLink(BaseModel):
    model_config = ConfigDict(frozen=True)

    href: str
    label: Localised


class Account(BaseModel):
    """The signed-in state shown in the header; a service sets it as `request.state.account`."""

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
            (settings.attribution_url, ATTRIBUTION),
        )
        legal = tuple(NavigationLink(href=href, label=label) for href, label in addresses if href)
        return self.model_copy(update={"legal": legal, "time_zone": settings.time_zone})

    def current(self, path: str) -> str | None:
        """The navigation entry that the path lies under: the longest matching address."""
        under = [link.href for link in self.navigation if _lies_under(path, link.href)]
        return max(under, key=len, default=None)


def _lies_under(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
