"""What all pages of one installation share: name, navigation, legal links; from settings."""

from pydantic import BaseModel, ConfigDict, Field

from chassis.web.language import Localised


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

    def current(self, path: str) -> str | None:
        """The navigation entry that the path lies under: the longest matching address."""
        under = [link.href for link in self.navigation if _lies_under(path, link.href)]
        return max(under, key=len, default=None)


def _lies_under(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
