"""Who may let a person act for an organisation: decided by domains and by who is there already."""

from uuid import uuid4

import pytest

from listings.members.admission import Admission, admission_of, is_colleague
from listings.organisations.organisation import Organisation, Profile
from schemas.vocabulary import OrganisationKind, SizeClass


def known(
    website: str | None, *, email_domain: str | None = None, has_members: bool
) -> Organisation:
    """As the directory has it."""
    profile = Profile(
        name="Warnow Pumpen GmbH",
        kind=OrganisationKind.COMPANY,
        size_class=SizeClass.SMALL,
        website=website,
        email_domain=email_domain,
    )
    return Organisation(
        id=uuid4(),
        external_id=None,
        profile=profile,
        is_trusted=False,
        has_members=has_members,
        revision=1,
    )


@pytest.mark.parametrize(
    ("email", "website", "email_domain", "has_members", "admission"),
    [
        ("a@warnow.example", "https://www.warnow.example/pumpen", None, False, Admission.AT_ONCE),
        ("a@WARNOW.example", None, "warnow.example", False, Admission.AT_ONCE),
        ("a@warnow.example", "http://warnow.example", None, True, Admission.BY_MEMBER),
        ("a@mail.warnow.example", "https://warnow.example", None, False, Admission.BY_MODERATOR),
        ("a@notwarnow.example", "https://warnow.example", None, True, Admission.BY_MODERATOR),
        ("a@t-online.de", "https://www.t-online.de/~warnow", None, False, Admission.BY_MODERATOR),
        ("a@gmail.com", None, "gmail.com", True, Admission.BY_MODERATOR),
        ("a@arcor.de", "https://www.warnow.example", "arcor.de", False, Admission.BY_MODERATOR),
        ("a@gmx.com", None, "gmx.com", False, Admission.BY_MODERATOR),
        ("a@warnow.example", None, None, False, Admission.BY_MODERATOR),
        ("a@müller.example", "https://www.xn--mller-kva.example", None, False, Admission.AT_ONCE),
        ("a@müller.example", "https://MÜLLER.example/", None, True, Admission.BY_MEMBER),
        ("a@müller.example", None, "xn--mller-kva.example", False, Admission.AT_ONCE),
        ("a@straße.example", "https://strasse.example", None, False, Admission.BY_MODERATOR),
        ("a@mueller.example", "https://müller.example", None, False, Admission.BY_MODERATOR),
    ],
)
def test_who_decides(
    *,
    email: str,
    website: str | None,
    email_domain: str | None,
    has_members: bool,
    admission: Admission,
) -> None:
    organisation = known(website, email_domain=email_domain, has_members=has_members)

    assert admission_of(email, organisation) is admission


@pytest.mark.parametrize(
    ("website", "of", "may"),
    [
        ("https://xn--mller-kva.example", "boss@gmx.de", True),
        (None, "boss@müller.example", True),
        (None, "boss@gmx.de", False),
    ],
)
def test_who_is_a_colleague(*, website: str | None, of: str, may: bool) -> None:
    organisation = known(website, has_members=True)

    assert is_colleague("a@müller.example", of=of, at=organisation) is may
