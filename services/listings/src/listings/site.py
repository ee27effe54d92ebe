"""The frame of every page of this service: name, navigation, who is signed in."""

from chassis.settings import ServiceSettings
from chassis.web.pages import Pages
from chassis.web.site import Account, Site
from listings.members.member import Member
from schemas import frame

SITE = Site.model_validate(frame.FRAME.model_dump())


def make_pages(settings: ServiceSettings) -> Pages:
    return Pages("listings", site=SITE.installed(settings))


def account_of(member: Member) -> Account:
    """What the header shows of a member: the name, and the operators' pages of their roles."""
    return Account.model_validate(frame.account(member.name, member.roles))
