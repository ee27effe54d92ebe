"""Where buttons of a page have one label, each says to screen readers whom or what it is for."""

import html

import pytest
from listings_scene import AMember, AnOrganisation, Browser, MintLink, Published
from registering_scene import FORM, register

from schemas.vocabulary import Role

TOM = f"{FORM['name']}, {FORM['organisation_name']}"


async def heard_at(browser: Browser, path: str) -> str:
    """The page without the tags that part a label from what follows it."""
    page = html.unescape((await browser.open(path)).text)
    return page.replace('</span><span class="site-unseen">', "")


class TestOfOneLabel:
    async def test_a_moderator_hears_who_is_let_in(
        self, browser: Browser, published: Published, mint_link: MintLink, a_member: AMember
    ) -> None:
        await register(browser, published, mint_link)
        browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))

        page = await heard_at(browser, "/moderation/members")

        assert f">Freigeben: {TOM}</span></button>" in page
        assert f">Ablehnen: {TOM}</span></a>" in page

    async def test_a_colleague_hears_who_is_meant(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        known = await an_organisation("Neuwerk AG", website="https://www.neuwerk.example")
        anna = await a_member("Anna", of=known)
        await register(browser, published, mint_link)
        browser.sign_in(anna)

        page = await heard_at(browser, "/my/organisations")

        assert f">Ja, gehört zu uns: {FORM['name']}, {known.name}</span></button>" in page
        assert f">Nein: {FORM['name']}, {known.name}</span></a>" in page

    @pytest.mark.parametrize("label", ["Warenwirtschaft", "Lager & Versand"])
    async def test_a_member_hears_which_token_is_revoked(
        self, browser: Browser, a_member: AMember, label: str
    ) -> None:
        browser.sign_in(await a_member())
        await browser.send("/my/tokens", label=label)

        assert f">Widerrufen: {label}</span></button>" in await heard_at(browser, "/my/tokens")
