"""Who may let a person act for an organisation; an address at its own domain speaks for them."""

from enum import StrEnum
from urllib.parse import urlsplit

from listings.organisations.organisation import Organisation

MAIL_HOSTS = frozenset(
    {
        "aol.com", "freenet.de", "gmail.com", "gmx.de", "gmx.net", "googlemail.com",
        "hotmail.com", "hotmail.de", "icloud.com", "live.de", "mail.de", "mailbox.org",
        "online.de", "outlook.com", "outlook.de", "posteo.de", "proton.me", "t-online.de",
        "web.de", "yahoo.com", "yahoo.de",
    }
)  # fmt: skip
"""Where everybody gets an address: such a domain says nothing about an organisation."""


class Admission(StrEnum):
    AT_ONCE = "at-once"
    BY_MEMBER = "by-member"
    BY_MODERATOR = "by-moderator"


def own_domain(email: str) -> str | None:
    """The domain of an address, unless everybody gets an address there."""
    domain = email.rpartition("@")[2].lower()
    return None if domain in MAIL_HOSTS else domain


def admission_of(email: str, organisation: Organisation) -> Admission:
    """At the organisation's domain, nobody need ask but members who are there already."""
    if own_domain(email) not in _domains_of(organisation):
        return Admission.BY_MODERATOR
    return Admission.BY_MEMBER if organisation.has_members else Admission.AT_ONCE


def _domains_of(organisation: Organisation) -> set[str]:
    profile = organisation.profile
    host = urlsplit(profile.website or "").hostname or ""
    domains = {(profile.email_domain or "").lower(), host.lower().removeprefix("www.")}
    return domains - {""}
