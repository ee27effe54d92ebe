"""The frame of this service's pages: the exchange's name and navigation."""

from chassis.settings import ServiceSettings
from chassis.web.pages import Pages
from chassis.web.site import Account, Site
from schemas import frame
from schemas.member import MemberState

PREFIX = "/surveys"
SITE = Site.model_validate(frame.FRAME.model_dump())


def make_pages(settings: ServiceSettings) -> Pages:
    return Pages("surveys", site=SITE.installed(settings), prefix=PREFIX)


def account_of(member: MemberState) -> Account:
    return Account.model_validate(frame.account(member.member_name, member.roles))
