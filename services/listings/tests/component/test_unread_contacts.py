"""Writing to an organisation without members: the form says so before, the event to brokers."""

import pytest
from listing_builders import a_listing
from listings_scene import AMember, AnOrganisation, Browser, Published

from chassis.database import Connection
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from schemas.contact import ContactRequested
from schemas.vocabulary import Role, Visibility

SAID = "Hier liest noch niemand mit"
MESSAGE = "Wir suchen zwölf Dosierpumpen bis Ende März. Können Sie liefern?"


@pytest.fixture
async def owning(an_organisation: AnOrganisation) -> Organisation:
    return await an_organisation("Dosiertechnik Warnow GmbH", trusted=True)


@pytest.fixture
async def asker(an_organisation: AnOrganisation, a_member: AMember) -> Member:
    return await a_member("Anna Asker", of=await an_organisation("Labor Ostsee GmbH"))


@pytest.mark.parametrize("has_member", [True, False])
async def test_whoever_writes_is_told_before_and_the_event_says_so(
    *,
    browser: Browser,
    connection: Connection,
    published: Published,
    a_member: AMember,
    owning: Organisation,
    asker: Member,
    has_member: bool,
) -> None:
    listing = await a_listing(connection, owning, "Dosierpumpen")
    if has_member:
        await a_member("Olaf Owner", of=owning)
    path = f"/listings/{listing.id}/contact"
    page = await browser.sign_in(asker).open(path)

    sent = await browser.send(path, message=MESSAGE)

    assert sent.status_code == 303
    assert (SAID in page.text) is not has_member
    said = ContactRequested.model_validate_json((await published("contact.requested"))[-1])
    assert said.owner_has_members is has_member


async def test_of_an_anonymous_listing_it_stays_unsaid(
    *, browser: Browser, connection: Connection, owning: Organisation, asker: Member
) -> None:
    listing = await a_listing(connection, owning, "Dosierpumpen", visibility=Visibility.ANONYMOUS)

    page = await browser.sign_in(asker).open(f"/listings/{listing.id}/contact")

    assert page.status_code == 200
    assert SAID not in page.text


async def test_brokers_see_whom_to_call_until_somebody_joins(
    *,
    browser: Browser,
    connection: Connection,
    a_member: AMember,
    owning: Organisation,
    asker: Member,
) -> None:
    listing = await a_listing(connection, owning, "Dosierpumpen")
    await browser.sign_in(asker).send(f"/listings/{listing.id}/contact", message=MESSAGE)
    broker = await a_member("Bo Broker", roles=frozenset({Role.BROKER}))

    waiting = await browser.sign_in(broker).open("/moderation/drafts")
    joined = await a_member("Olaf Owner", of=owning)
    nobody_waits = await browser.open("/moderation/drafts")
    found = await browser.sign_in(joined).open("/my/contacts")

    assert "Dosiertechnik Warnow GmbH" in waiting.text
    assert "Anfragen, die niemand liest" in waiting.text
    assert MESSAGE not in waiting.text
    assert "Niemand wartet" in nobody_waits.text
    assert "Dosierpumpen" in found.text
