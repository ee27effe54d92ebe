"""Who may let a person act for an organisation; an address at its own domain speaks for them."""

from enum import StrEnum
from urllib.parse import urlsplit

from listings.organisations.organisation import Organisation

MAIL_HOSTS = frozenset(
    {
        "alice.de", "alice-dsl.net", "aol.com", "aol.de", "arcor.de", "email.de", "ewe.net",
        "ewetel.de", "fastmail.com", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com",
        "gmx.de", "gmx.eu", "gmx.info", "gmx.net", "gmx.org", "googlemail.com", "hotmail.com",
        "hotmail.de", "htp-tel.de", "icloud.com", "kabelmail.de", "live.com", "live.de", "mac.com",
        "magenta.de", "mail.com", "mail.de", "mailbox.org", "me.com", "msn.com", "netcologne.de",
        "o2mail.de", "o2online.de", "online.de", "online.home.de", "osnanet.de", "outlook.com",
        "outlook.de", "pm.me", "posteo.de", "posteo.net", "proton.me", "protonmail.com",
        "t-online.de", "tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "unitybox.de",
        "versanet.de", "vodafone.de", "vodafonemail.de", "web.de", "yahoo.com", "yahoo.de",
        "ymail.com",
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


def spellings(domain: str | None) -> frozenset[str]:
    """As addresses are kept, with umlauts, and as websites are often written, with xn--.

    By label and without mapping: to other rules, straße and strasse would be one.
    """
    if domain is None:
        return frozenset()
    labels = (
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
        for label in domain.split(".")
    )
    return frozenset({domain, ".".join(labels)})


def admission_of(email: str, organisation: Organisation) -> Admission:
    """At the organisation's domain, nobody need ask but members who are there already."""
    if spellings(own_domain(email)).isdisjoint(_domains_of(organisation)):
        return Admission.BY_MODERATOR
    return Admission.BY_MEMBER if organisation.has_members else Admission.AT_ONCE


def is_colleague(email: str, *, of: str, at: Organisation) -> bool:
    """Whether a member may let a person in: at the organisation's domain, or at the member's own.

    Many an organisation has no domain in the directory, above all one that registered itself.
    """
    known = _domains_of(at) | spellings(own_domain(of))
    return not spellings(own_domain(email)).isdisjoint(known)


def _domains_of(organisation: Organisation) -> set[str]:
    profile = organisation.profile
    host = urlsplit(profile.website or "").hostname or ""
    domains = {(profile.email_domain or "").lower(), host.lower().removeprefix("www.")}
    return domains - {""}
