"""Organisations of one name or one domain: nobody speaks for another than they read they would."""

import asyncio
from uuid import UUID

import pytest
from listing_builders import on
from listings_scene import AMember, AnOrganisation, Browser, MintLink, Published
from lock_racing import LOCKED
from registering_scene import APPROVED, FORM, decided, path_to, register

from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings.members import deciding
from schemas.links import LinkPurpose
from schemas.member import SignInRequested
from schemas.vocabulary import Role

AT_HOME = "https://www.neuwerk.example"


async def opened(browser: Browser, published: Published, mint_link: MintLink) -> str:
    """The page behind the link in the latest mail."""
    asked = SignInRequested.model_validate_json((await published("signin.requested"))[-1])
    return (await browser.open(mint_link(LinkPurpose.SIGN_IN, asked.nonce, asked.member_id))).text


async def approve(connection: Connection, registration_id: UUID) -> None:
    await deciding.approve_registration(
        connection, registration_id, by_colleague=False, occasion=on()
    )


async def approved(pool: Pool, registration_id: UUID) -> None:
    async with pool.transaction() as own:
        await approve(own, registration_id)


class TestMeant:
    async def test_is_the_one_at_the_postcode(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        connection: Connection,
    ) -> None:
        await an_organisation(FORM["organisation_name"], postcode="18055")
        here = await an_organisation(FORM["organisation_name"], postcode="17489")

        await register(browser, published, mint_link)

        assert await connection.fetchval("select organisation_id from joining") == here.id

    async def test_is_the_one_at_the_domain_however_its_website_spells_umlauts(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
    ) -> None:
        firm = await an_organisation("Müller AG", website="https://www.xn--mller-kva.example/de")

        tom = await register(browser, published, mint_link, email="tom@müller.example")

        assert tom.organisation_ids == (firm.id,)

    @pytest.mark.parametrize("name", [FORM["organisation_name"], "Neuwerk AG"])
    async def test_is_none_of_several_that_are_alike(
        self,
        *,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        connection: Connection,
        name: str,
    ) -> None:
        for postcode in ("18055", "19053"):
            await an_organisation(name, postcode=postcode, website=AT_HOME)

        tom = await register(browser, published, mint_link)

        assert tom.organisation_ids == ()
        assert await connection.fetchval("select organisation_id from joining") is None

    async def test_is_named_to_the_person_before_the_button_is_pressed(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
    ) -> None:
        await an_organisation("Neuwerk AG", website=AT_HOME)
        await browser.send("/register", **FORM)

        page = await opened(browser, published, mint_link)

        assert "Tom Ude für Neuwerk AG" in page

    async def test_is_shown_to_moderators_with_its_place_beside_what_was_typed(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        await an_organisation(FORM["organisation_name"], postcode="19053")
        await register(browser, published, mint_link)
        browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))

        page = await browser.open("/moderation/members")

        assert "19053 Schwerin" in page.text
        assert "17489" in page.text


class TestTwoForTheSameNewOne:
    @pytest.fixture
    async def wishes(
        self, browser: Browser, published: Published, mint_link: MintLink, a_member: AMember
    ) -> Browser:
        """Tom and Ida wait for an organisation that the directory does not know."""
        await register(browser, published, mint_link)
        await register(browser, published, mint_link, name="Ida Ley", email="ida@web.de")
        return browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))

    async def test_both_speak_for_one(
        self, wishes: Browser, published: Published, connection: Connection
    ) -> None:
        for _ in range(2):
            page = await wishes.open("/moderation/members")
            await wishes.send(path_to("approve", page.text), form_page="/moderation/members")

        one, other = await decided(published)
        assert (one.decision, other.decision) == (APPROVED, APPROVED)
        assert one.organisation_id == other.organisation_id
        assert await connection.fetchval("select count(*) from organisation") == 1

    @pytest.mark.usefixtures("wishes")
    async def test_both_speak_for_one_when_two_moderators_say_so_at_the_same_moment(
        self, pool: Pool, connection: Connection
    ) -> None:
        first, second = await connection.fetch("select id from joining order by id")

        async with pool.transaction() as own:
            await approve(own, first["id"])
            late = asyncio.create_task(approved(pool, second["id"]))
            await eventually(lambda: connection.fetchval(LOCKED))
        await late

        assert await connection.fetchval("select count(*) from organisation") == 1
        assert await connection.fetchval("select count(*) from membership") == 2

    async def test_one_of_the_name_elsewhere_is_another(
        self, wishes: Browser, an_organisation: AnOrganisation, published: Published
    ) -> None:
        elsewhere = await an_organisation(FORM["organisation_name"], postcode="19053")

        page = await wishes.open("/moderation/members")
        await wishes.send(path_to("approve", page.text), form_page="/moderation/members")

        [fact] = await decided(published)
        assert fact.organisation_id != elsewhere.id
