"""The form of a listing says what its buttons do, and who may not write learns why."""

import html
import re
from uuid import UUID

import pytest
from listing_builders import WRITTEN, a_draft, a_listing, as_stored, on
from listings_scene import (
    AMember,
    AnOrganisation,
    Browser,
    MintLink,
    Published,
    token_in,
)
from registering_scene import FORM, register

from chassis.database import Connection
from listings.listing import commands, storage
from listings.listing.listing import Listing
from listings.members import storage as member_storage
from schemas.vocabulary import ListingStatus

DRAFT, CHANGE, REFUSED = (
    "Als Entwurf speichern",
    "Änderung speichern",
    "Speichern, noch nicht einreichen",
)


class TestButtons:
    @pytest.fixture
    async def submitted(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> Listing:
        organisation = await an_organisation()
        browser.sign_in(await a_member(of=organisation))
        return await a_listing(connection, organisation)

    async def test_of_a_listing_that_waits_save_the_change_and_let_it_wait(
        self, browser: Browser, connection: Connection, submitted: Listing
    ) -> None:
        path = f"/my/listings/{submitted.id}/edit"

        form = (await browser.open(path)).text
        sent = await browser.send(path, **WRITTEN | {"title": "Andere Pumpen"}, act="submit")

        after = await as_stored(connection, submitted.id)
        assert [label in form for label in (DRAFT, CHANGE, REFUSED)] == [False, True, False]
        assert form.count('name="act"') == 1
        assert sent.status_code == 303
        assert (after.status, after.content.title) == (ListingStatus.SUBMITTED, "Andere Pumpen")

    async def test_of_a_rejected_listing_do_not_call_it_a_draft(
        self, browser: Browser, connection: Connection, submitted: Listing
    ) -> None:
        await storage.save(connection, submitted.rejected(at=browser.clock()))
        path = f"/my/listings/{submitted.id}/edit"

        form = (await browser.open(path)).text
        await browser.send(path, **WRITTEN, act="draft")

        assert [label in form for label in (DRAFT, CHANGE, REFUSED)] == [False, False, True]
        assert (await as_stored(connection, submitted.id)).status is ListingStatus.REJECTED

    async def test_of_new_listings_and_drafts_keep_a_draft(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation()
        draft = await a_draft(connection, organisation)
        browser.sign_in(await a_member(of=organisation))

        for path in ("/listings/new", f"/my/listings/{draft.id}/edit"):
            form = (await browser.open(path)).text
            assert [label in form for label in (DRAFT, CHANGE, REFUSED)] == [True, False, False]

    async def test_the_postcode_says_when_it_is_needed(
        self, browser: Browser, submitted: Listing
    ) -> None:
        page = await browser.open(f"/my/listings/{submitted.id}/edit")

        assert "Fünf Ziffern, für einen Umkreis nötig." in page.text
        assert "Bleibt das Feld leer, gilt der Sitz Ihrer Organisation." in page.text

    async def test_an_ended_listing_is_said_to_have_ended(
        self, browser: Browser, connection: Connection, submitted: Listing
    ) -> None:
        async with connection.transaction():
            await commands.withdraw_listing(connection, submitted.id, None, on())

        path = f"/my/listings/{submitted.id}/edit"
        opened = await browser.open(path)
        sent = await browser.send(path, form_page="/listings/new", **WRITTEN)

        for answer in (opened, sent):
            assert answer.status_code == 409
            words = html.unescape(answer.text)
            assert "Dieser Eintrag ist beendet und lässt sich nicht mehr ändern." in words
            assert "Stellen Sie ihn unter „Mein Bereich“ neu ein." in words


class TestSessionThatEnds:
    async def test_while_somebody_writes_takes_nothing_away(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        author = await a_member(of=await an_organisation())
        page = await browser.sign_in(author).open("/listings/new")
        written = WRITTEN | {
            "description": "Zeile 1\nZeile 2 <minus 20 Grad, >99 %",
            "act": "draft",
        }
        browser.clock.advance(days=31)

        refused = await browser.http.post(
            "/listings/new", data={**written, "form_token": token_in(page.text)}
        )
        kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', refused.text))
        browser.sign_in(author)
        again = await browser.http.post(
            "/listings/new", data={name: html.unescape(text) for name, text in kept.items()}
        )

        assert refused.status_code == 401
        assert 'action="/listings/new"' in refused.text
        assert again.status_code == 303
        draft = await as_stored(connection, UUID(again.headers["location"].rpartition("/")[2]))
        assert draft.content.description == written["description"]


class TestWithoutAnOrganisation:
    async def test_a_member_whose_registration_is_reviewed_reads_so(
        self,
        browser: Browser,
        connection: Connection,
        published: Published,
        mint_link: MintLink,
    ) -> None:
        tom = await register(browser, published, mint_link)
        member = await member_storage.member(connection, tom.member_id)
        assert member is not None
        browser.sign_in(member)

        answer = await browser.open("/listings/new?kind=offer")
        page = await browser.open(answer.headers["location"])

        assert answer.status_code == 303
        assert "Ihre Registrierung wird geprüft" in page.text
        assert FORM["organisation_name"] in page.text

    async def test_any_other_member_reads_how_to_join_one(
        self, browser: Browser, a_member: AMember, connection: Connection
    ) -> None:
        browser.sign_in(await a_member())

        opened = await browser.open("/listings/new")
        sent = await browser.send("/listings/new", form_page="/my/tokens", **WRITTEN)
        page = await browser.open(opened.headers["location"])

        assert (opened.status_code, sent.status_code) == (303, 303)
        assert sent.headers["location"] == "/my/listings"
        assert "Organisation suchen" in page.text
        assert await connection.fetchval("select count(*) from listing") == 0
