"""Pages for everybody, opened by somebody signed in: the header knows them, old links lead on."""

import pytest
from listings_scene import AMember, Browser, MintLink, Published

from listings.members.member import Member
from schemas.links import LinkPurpose
from schemas.member import SignInRequested


@pytest.fixture
async def britta(a_member: AMember) -> Member:
    return await a_member("Britta Sommer", email="britta@example.org")


@pytest.fixture
async def link(browser: Browser, britta: Member, published: Published, mint_link: MintLink) -> str:
    """Where Britta's mail leads, asked for on the way to her contacts."""
    await browser.send("/sign-in", email=britta.email, next="/my/contacts")
    asked = SignInRequested.model_validate_json((await published("signin.requested"))[-1])
    return mint_link(LinkPurpose.SIGN_IN, asked.nonce, asked.member_id)


async def test_a_used_link_leads_on_whoever_it_signed_in(browser: Browser, link: str) -> None:
    await browser.send(link)

    opened = await browser.open(link)
    clicked = await browser.send(link, form_page="/register")

    for again in (opened, clicked):
        assert (again.status_code, again.headers["location"]) == (303, "/my/contacts")


async def test_a_used_link_of_another_person_leads_nowhere(
    browser: Browser, link: str, a_member: AMember
) -> None:
    await browser.send(link)
    another = await a_member("Anna Asker")

    page = await browser.sign_out().sign_in(another).open(link)

    assert page.status_code == 410
    assert "Anna Asker" in page.text


async def test_a_link_that_says_nothing_leads_to_one_s_own_area(
    browser: Browser, link: str, britta: Member
) -> None:
    answer = await browser.sign_in(britta).open(link[:-2])

    assert (answer.status_code, answer.headers["location"]) == (303, "/my/listings")


async def test_the_header_knows_who_is_signed_in(
    browser: Browser, link: str, britta: Member
) -> None:
    browser.sign_in(britta)

    pages = [await browser.open("/register"), await browser.open(link)]
    pages.append(await browser.send("/register"))

    assert [page.status_code for page in pages] == [200, 200, 422]
    assert all("Britta Sommer" in page.text for page in pages)
