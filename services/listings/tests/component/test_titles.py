"""Titles of pages: two tabs, or two results, are told apart by them."""

import html
import re

from listing_builders import a_listing
from listings_scene import AMember, AnOrganisation, Browser

from chassis.database import Connection


async def title(browser: Browser, path: str) -> str:
    page = await browser.open(path)
    found = re.search(r"<title>(.*)</title>", page.text)
    assert found is not None, page.text[:500]
    return html.unescape(found[1])


async def test_a_search_is_named_by_its_words(browser: Browser) -> None:
    assert (await title(browser, "/listings")).startswith("Angebote und Gesuche – ")
    assert (await title(browser, "/listings?q=Pumpen+%26+Ventile")).startswith(
        "Angebote und Gesuche zu „Pumpen & Ventile“ – "
    )


async def test_a_listing_as_others_see_it_is_not_called_as_its_owner_s_page(
    browser: Browser,
    connection: Connection,
    an_organisation: AnOrganisation,
    a_member: AMember,
) -> None:
    organisation = await an_organisation()
    browser.sign_in(await a_member(of=organisation))
    listing = await a_listing(connection, organisation)

    shown = await title(browser, f"/listings/{listing.id}")
    own = await title(browser, f"/my/listings/{listing.id}")

    assert shown.startswith(listing.content.title)
    assert own.startswith(f"Mein Eintrag: {listing.content.title}")
