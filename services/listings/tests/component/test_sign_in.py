"""Signing in by a link in a mail: asked for, opened, used once, refused in plain words."""

import asyncio
import re
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from listing_builders import WRITTEN
from listings_scene import AMember, ATokenOf, Browser, Clock, MintLink, Published, token_in
from registering_scene import FORM
from starlette.requests import Request
from starlette.responses import Response

from chassis.cause import Cause
from chassis.database import Connection
from chassis.web.access import COOKIE
from chassis.web.application import create_app
from listings.members import commands
from listings.members.member import Member
from listings.members.retention import forget_what_expired
from listings.members.sign_in_pages import PER_ADDRESS, PER_SOURCE
from listings.settings import ListingsSettings
from listings.site import account_of, make_pages
from schemas.links import LinkPurpose
from schemas.member import SignInRequested
from schemas.vocabulary import Language

MEMBERS_PAGE = "/my/tokens"


@pytest.fixture
async def britta(a_member: AMember) -> Member:
    return await a_member("Britta Sommer", email="britta@example.org")


async def asked_link(
    browser: Browser, published: Published, mint_link: MintLink, **form: str
) -> str:
    """Ask for a link for Britta; the path that her mail would show."""
    answer = await browser.send("/sign-in", email="britta@example.org", **form)
    assert answer.status_code == 200
    asked = SignInRequested.model_validate_json((await published("signin.requested"))[-1])
    valid_for = asked.expires_at - browser.clock()
    return mint_link(LinkPurpose.SIGN_IN, asked.nonce, asked.member_id, valid_for=valid_for)


@pytest.mark.usefixtures("britta")
class TestAskingForALink:
    async def test_says_where_to_send_it_and_until_when_it_is_good(
        self, browser: Browser, published: Published, clock: Clock
    ) -> None:
        await browser.send("/sign-in", email=" Britta@Example.org ")

        (asked,) = map(SignInRequested.model_validate_json, await published("signin.requested"))
        assert asked.email == "britta@example.org"
        assert asked.expires_at == clock() + timedelta(minutes=15)

    async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
        self, browser: Browser, published: Published
    ) -> None:
        known = await browser.send("/sign-in", email="britta@example.org")
        unknown = await browser.send("/sign-in", email="nobody@example.org")

        assert known.status_code == unknown.status_code == 200
        assert known.text == unknown.text.replace("nobody@", "britta@")
        assert len(await published("signin.requested")) == 1

    @pytest.mark.parametrize("typed", ["", "britta", "britta@", "a\x00@example.org", "a" * 300])
    async def test_an_impossible_address_is_refused_at_its_field(
        self, browser: Browser, published: Published, typed: str
    ) -> None:
        answer = await browser.send("/sign-in", email=typed)

        assert answer.status_code == 422
        assert 'id="field-email-error"' in answer.text
        assert await published("signin.requested") == []

    @pytest.mark.parametrize(("length", "is_kept"), [(500, True), (501, False)])
    async def test_a_way_back_that_the_form_cannot_hold_is_left_out(
        self, browser: Browser, length: int, *, is_kept: bool
    ) -> None:
        way = "/".ljust(length, "x")

        page = await browser.open(f"/sign-in?next={way}")
        (hidden,) = re.findall(r'name="next"(?: value="([^"]*)")?', page.text)
        fields = {"email": "britta@example.org", "next": hidden}
        sent = await browser.http.post(
            "/sign-in", data=fields | {"form_token": token_in(page.text)}
        )

        assert hidden == (way if is_kept else "")
        assert sent.status_code == 200

    async def test_too_many_for_one_address_have_to_wait(
        self, browser: Browser, published: Published
    ) -> None:
        for _ in range(5):
            await browser.send("/sign-in", email="britta@example.org")

        answer = await browser.send("/sign-in", email="BRITTA@example.org")

        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "3600"
        assert len(await published("signin.requested")) == 5

    async def test_a_source_past_its_limit_locks_nobody_out(
        self, browser: Browser, app: FastAPI, published: Published
    ) -> None:
        token = token_in((await browser.open("/sign-in")).text)
        strangers = [f"stranger-{number}@example.org" for number in range(PER_SOURCE)]
        for email in [*strangers, *["britta@example.org"] * PER_ADDRESS]:
            last = await browser.http.post("/sign-in", data={"email": email, "form_token": token})

        elsewhere = httpx.ASGITransport(app=app, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=elsewhere, base_url="http://exchange.test") as http:
            form = token_in((await http.get("/sign-in")).text)
            own = await http.post(
                "/sign-in", data={"email": "britta@example.org", "form_token": form}
            )

        assert (last.status_code, own.status_code) == (429, 200)
        assert len(await published("signin.requested")) == 1

    async def test_a_form_of_another_site_is_refused(
        self, browser: Browser, published: Published
    ) -> None:
        await browser.open("/sign-in")

        answer = await browser.http.post("/sign-in", data={"email": "britta@example.org"})

        assert answer.status_code == 403
        assert await published("signin.requested") == []


@pytest.mark.usefixtures("britta")
class TestUsingTheLink:
    async def test_opening_it_changes_nothing(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        link = await asked_link(browser, published, mint_link)

        pages = [await browser.open(link) for _ in range(3)]

        assert [page.status_code for page in pages] == [200] * 3
        assert COOKIE not in browser.http.cookies

    async def test_the_button_signs_in_and_leads_on(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        link = await asked_link(browser, published, mint_link)

        answer = await browser.send(link)

        assert (answer.status_code, answer.headers["Location"]) == (303, "/my/listings")
        cookie = answer.headers["Set-Cookie"]
        assert all(word in cookie for word in ("HttpOnly", "Path=/", "SameSite=lax"))
        assert "Britta Sommer" in (await browser.open(MEMBERS_PAGE)).text

    @pytest.mark.parametrize(
        ("wanted", "location"),
        [
            ("/contacts/new?x=1", "/contacts/new?x=1"),
            ("https://evil.example/", "/my/listings"),
            ("//evil.example/", "/my/listings"),
            ("/\\evil.example", "/my/listings"),
        ],
    )
    async def test_it_leads_back_to_where_one_wanted_to_go_but_never_away(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        wanted: str,
        location: str,
    ) -> None:
        link = await asked_link(browser, published, mint_link, next=wanted)

        answer = await browser.send(link)

        assert answer.headers["Location"] == location

    async def test_a_second_use_is_refused_in_words(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        link = await asked_link(browser, published, mint_link)
        await browser.send(link)

        again = await browser.sign_out().open(link)

        assert again.status_code == 410
        assert "gilt nur einmal" in again.text
        assert 'href="/sign-in"' in again.text

    async def test_of_three_browsers_at_once_only_one_signs_in(
        self, browser: Browser, published: Published, mint_link: MintLink, app: FastAPI
    ) -> None:
        link = await asked_link(browser, published, mint_link)

        async def button_pressed() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://exchange.test"
            ) as http:
                fields = {"form_token": token_in((await http.get(link)).text)}
                await all_opened.wait()
                return await http.post(link, data=fields)

        all_opened = asyncio.Barrier(3)
        answers = await asyncio.gather(*(button_pressed() for _ in range(3)))

        assert sorted(answer.status_code for answer in answers) == [303, 410, 410]

    async def test_after_fifteen_minutes_it_is_too_late(
        self, browser: Browser, published: Published, mint_link: MintLink, clock: Clock
    ) -> None:
        link = await asked_link(browser, published, mint_link)
        clock.advance(minutes=15)

        late = await browser.open(link)

        assert late.status_code == 410
        assert "abgelaufen" in late.text

    @pytest.mark.parametrize("minutes", [0, 15])
    async def test_used_or_too_late_it_still_knows_where_one_wanted_to_go(
        self,
        *,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        clock: Clock,
        minutes: int,
    ) -> None:
        link = await asked_link(browser, published, mint_link, next="/my/contacts")
        if not minutes:
            await browser.send(link)
        clock.advance(minutes=minutes)

        page = await browser.sign_out().open(link)

        assert page.status_code == 410
        assert 'href="/sign-in?next=%2Fmy%2Fcontacts"' in page.text

    async def test_a_forged_one_is_refused(self, browser: Browser, mint_link: MintLink) -> None:
        path = mint_link(LinkPurpose.SIGN_IN, uuid4(), uuid4())
        elsewhere = mint_link(LinkPurpose.CONTACT, uuid4(), uuid4()).rpartition("/")[2]

        pages = [await browser.open(each) for each in (path[:-2], f"/sign-in/{elsewhere}", path)]

        assert [page.status_code for page in pages] == [410] * 3


class TestLanguage:
    """The page behind the link speaks as its mail does, whatever the browser would like."""

    GERMAN = {"Accept-Language": "de"}  # noqa: RUF012 - read only

    @pytest.fixture
    async def britta(self, a_member: AMember) -> Member:
        return await a_member(
            "Britta Sommer", email="britta@example.org", language=Language.ENGLISH
        )

    @pytest.mark.usefixtures("britta")
    async def test_is_the_members_before_and_after_the_link_was_used(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        link = await asked_link(browser, published, mint_link)

        first = await browser.open(link, **self.GERMAN)
        await browser.send(link)
        used = await browser.sign_out().open(link, **self.GERMAN)
        tried = await browser.send(link, form_page="/sign-in")

        assert "Sign in now" in first.text
        assert all("This link is no longer valid" in page.text for page in (used, tried))

    @pytest.mark.usefixtures("britta")
    async def test_is_the_one_that_a_reader_chose_here(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        link = await asked_link(browser, published, mint_link)

        page = await browser.open(f"{link}?lang=de")

        assert "Jetzt anmelden" in page.text

    async def test_is_the_one_that_somebody_registered_in(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        await browser.send("/register?lang=en", **FORM)
        browser.http.cookies.delete("lang")
        asked = SignInRequested.model_validate_json((await published("signin.requested"))[-1])
        link = mint_link(LinkPurpose.SIGN_IN, asked.nonce, asked.member_id)

        page = await browser.open(link, **self.GERMAN)

        assert asked.language is Language.ENGLISH
        assert '<html lang="en"' in page.text

    async def test_of_a_link_to_nobody_is_the_browsers(
        self, browser: Browser, mint_link: MintLink
    ) -> None:
        page = await browser.open(
            mint_link(LinkPurpose.SIGN_IN, uuid4(), uuid4()), **{"Accept-Language": "en"}
        )

        assert "This link is no longer valid" in page.text


class TestSession:
    async def test_a_members_page_sends_a_visitor_to_sign_in_and_back(
        self, browser: Browser
    ) -> None:
        answer = await browser.open(MEMBERS_PAGE)

        assert answer.status_code == 303
        assert answer.headers["Location"] == "/sign-in?next=%2Fmy%2Ftokens"

    async def test_signing_out_forgets_it(self, browser: Browser, britta: Member) -> None:
        browser.sign_in(britta)

        answer = await browser.send("/sign-out", form_page=MEMBERS_PAGE)

        assert answer.headers["Location"] == "/"
        assert (await browser.open(MEMBERS_PAGE)).status_code == 303

    async def test_signing_out_works_from_the_header_of_another_service(
        self, browser: Browser, britta: Member, settings: ListingsSettings
    ) -> None:
        browser.sign_in(britta)
        transport = httpx.ASGITransport(app=another_service(britta, settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://exchange.test") as http:
            page = await http.get("/elsewhere")
            browser.http.cookies.update(http.cookies)

        without_token = await browser.http.post("/sign-out")
        still_in = await browser.open(MEMBERS_PAGE)
        signed_out = await browser.http.post("/sign-out", data={"form_token": token_in(page.text)})

        assert 'action="/sign-out"' in page.text
        assert (without_token.status_code, still_in.status_code) == (403, 200)
        assert signed_out.status_code == 303
        assert (await browser.open(MEMBERS_PAGE)).status_code == 303

    async def test_ends_after_thirty_days_whatever_the_browser_keeps(
        self, browser: Browser, britta: Member, clock: Clock
    ) -> None:
        browser.sign_in(britta)

        clock.advance(days=29, hours=23)
        before = await browser.open(MEMBERS_PAGE)
        clock.advance(hours=1)
        after = await browser.open(MEMBERS_PAGE)

        assert (before.status_code, after.status_code) == (200, 303)

    async def test_from_before_they_became_void_is_nobody(
        self, browser: Browser, britta: Member, connection: Connection, clock: Clock
    ) -> None:
        browser.sign_in(britta)

        await connection.execute(
            "update member set sessions_valid_from = $1", clock() + timedelta(seconds=1)
        )

        assert (await browser.open(MEMBERS_PAGE)).status_code == 303

    async def test_ended_everywhere_leaves_no_way_in_but_a_new_link(
        self,
        *,
        browser: Browser,
        britta: Member,
        published: Published,
        mint_link: MintLink,
        a_token_of: ATokenOf,
        connection: Connection,
        clock: Clock,
    ) -> None:
        headers = await a_token_of(britta)
        on_its_way = await asked_link(browser, published, mint_link)
        browser.sign_in(britta)
        clock.advance(minutes=1)

        await commands.end_access(connection, britta.id, now=clock(), cause=Cause.new())

        by_session = await browser.open(MEMBERS_PAGE)
        by_token = await browser.http.post("/api/v1/listings", json=WRITTEN, headers=headers)
        by_link = await browser.open(on_its_way)
        statuses = [each.status_code for each in (by_session, by_token, by_link)]
        anew = await browser.send(await asked_link(browser, published, mint_link))
        assert statuses == [303, 401, 410]
        assert (anew.status_code, (await browser.open(MEMBERS_PAGE)).status_code) == (303, 200)

    @pytest.mark.parametrize("seconds", [0, 0.4, -0.4, -3])
    async def test_ended_everywhere_is_void_though_it_began_in_the_same_second(
        self,
        *,
        browser: Browser,
        britta: Member,
        published: Published,
        mint_link: MintLink,
        connection: Connection,
        clock: Clock,
        seconds: float,
    ) -> None:
        """Or though the clock of who ended it is behind the one of who signed in."""
        clock.advance(minutes=5, milliseconds=500)
        await browser.send(await asked_link(browser, published, mint_link))
        before = await browser.open(MEMBERS_PAGE)

        await commands.end_access(
            connection, britta.id, now=clock() + timedelta(seconds=seconds), cause=Cause.new()
        )

        void = await browser.open(MEMBERS_PAGE)
        browser.sign_out()
        await browser.send(await asked_link(browser, published, mint_link))
        anew = await browser.open(MEMBERS_PAGE)
        assert [each.status_code for each in (before, void, anew)] == [200, 303, 200]

    async def test_ended_everywhere_twice_in_a_second_is_void_each_time(
        self,
        *,
        browser: Browser,
        britta: Member,
        published: Published,
        mint_link: MintLink,
        connection: Connection,
        clock: Clock,
    ) -> None:
        clock.advance(minutes=5)
        seen = []

        for _ in range(2):
            await browser.sign_out().send(await asked_link(browser, published, mint_link))
            seen.append((await browser.open(MEMBERS_PAGE)).status_code)
            await commands.end_access(connection, britta.id, now=clock(), cause=Cause.new())
            seen.append((await browser.open(MEMBERS_PAGE)).status_code)

        assert seen == [200, 303] * 2

    async def test_an_erased_member_is_signed_out(
        self, browser: Browser, britta: Member, connection: Connection, clock: Clock
    ) -> None:
        browser.sign_in(britta)
        assert (await browser.open(MEMBERS_PAGE)).status_code == 200

        await commands.erase_member(connection, britta.id, now=clock(), cause=Cause.new())

        assert (await browser.open(MEMBERS_PAGE)).status_code == 303

    async def test_a_forged_cookie_is_nobody(self, browser: Browser, britta: Member) -> None:
        browser.sign_in(britta)
        genuine = browser.http.cookies[COOKIE]
        browser.http.cookies.clear()
        browser.http.cookies.set(COOKIE, genuine[:-4] + "AAAA")

        assert (await browser.open(MEMBERS_PAGE)).status_code == 303


def another_service(member: Member, settings: ListingsSettings) -> FastAPI:
    """A service of the same origin: another application, the same form key, the same header."""
    router, pages = APIRouter(), make_pages(settings)

    @router.get("/elsewhere")
    async def elsewhere(request: Request) -> Response:
        request.state.account = account_of(member)
        return pages.render(request, "chassis/base.html")

    return create_app(
        title="Another service", pages=pages, form_keys=settings.form_token_keys(), routers=[router]
    )


class TestRetention:
    async def test_what_only_signs_in_is_forgotten_and_members_stay(
        self, browser: Browser, britta: Member, connection: Connection, clock: Clock
    ) -> None:
        await browser.send("/sign-in", email="britta@example.org")

        await forget_what_expired(connection, clock() + timedelta(days=3))

        for table in ("signin_nonce", "rate_limit"):
            assert await connection.fetchval(f"select count(*) from {table}") == 0
        assert await connection.fetchval("select count(*) from member") == 1
