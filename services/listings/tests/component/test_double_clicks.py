"""Two clicks send a form twice and the browser drops the first answer, with its cookie."""

import asyncio

import httpx
import pytest
from listings_scene import (
    TRACER,
    AMember,
    Browser,
    Clock,
    MintLink,
    Published,
    token_in,
)
from lock_racing import Met
from registering_scene import FORM

from chassis.cause import Cause
from chassis.database import Connection
from chassis.web import form_token
from chassis.web.access import COOKIE
from listings import erasure
from listings.members import commands
from listings.members.member import Member
from schemas.links import LinkPurpose
from schemas.member import SignInRequested

EMAIL, NEW = "britta@example.org", "sommer@neuwerk.example"
ACCOUNT = "/my/data"
HELD = "select from member where id = $1 for update"


@pytest.fixture
async def britta(a_member: AMember) -> Member:
    return await a_member("Britta Sommer", email=EMAIL)


class Button:
    """The one button behind a link, as one browser shows it; each answer may be dropped."""

    def __init__(self, browser: Browser, page: httpx.Response) -> None:
        self._browser = browser
        self._path = page.request.url.path
        self._fields = {"form_token": token_in(page.text)}
        self._cookies = dict(browser.http.cookies)

    async def click(self) -> httpx.Response:
        """Sent with the cookies of before any answer came."""
        self._browser.http.cookies.clear()
        self._browser.http.cookies.update(self._cookies)
        return await self._browser.http.post(self._path, data=self._fields)

    def sign_in(self, member: Member) -> None:
        """Somebody, in the same browser."""
        self._browser.http.cookies.clear()
        self._browser.sign_in(member)
        self._cookies[COOKIE] = self._browser.http.cookies[COOKIE]


@pytest.fixture
def link_sent(published: Published, mint_link: MintLink, clock: Clock) -> "LinkSent":
    return LinkSent(published, mint_link, clock)


class LinkSent:
    def __init__(self, published: Published, mint_link: MintLink, clock: Clock) -> None:
        self._published, self._mint_link, self._clock = published, mint_link, clock

    async def __call__(self) -> str:
        """The path that the last mail shows."""
        sent = (await self._published("signin.requested"))[-1]
        asked = SignInRequested.model_validate_json(sent)
        left = asked.expires_at - self._clock()
        return self._mint_link(LinkPurpose.SIGN_IN, asked.nonce, asked.member_id, valid_for=left)


@pytest.fixture
async def sign_in_button(browser: Browser, britta: Member, link_sent: LinkSent) -> Button:
    await browser.send("/sign-in", email=britta.email, next="/my/contacts")
    return Button(browser, await browser.open(await link_sent()))


@pytest.fixture
async def moving_button(
    browser: Browser, britta: Member, link_sent: LinkSent, clock: Clock
) -> Button:
    browser.sign_in(britta)
    clock.advance(minutes=5)
    await browser.send(f"{ACCOUNT}/address", form_page=ACCOUNT, email=NEW)
    to = await browser.open(await link_sent())
    return Button(browser, await browser.open(to.headers["Location"]))


async def signs_in(browser: Browser, answer: httpx.Response) -> bool:
    """Whether an answer, of which alone the browser learnt, signs it in."""
    session = answer.cookies.get(COOKIE)
    browser.http.cookies.clear()
    if session is None:
        return False
    browser.http.cookies.set(COOKIE, session)
    return (await browser.open(ACCOUNT)).status_code == 200


class TestSigningIn:
    async def test_twice_at_once_is_done_by_either_answer(
        self, browser: Browser, britta: Member, sign_in_button: Button, met: Met
    ) -> None:
        answers = []

        async def click() -> None:
            answers.append(await sign_in_button.click())

        await met(click(), click(), held=HELD, row=britta.id)

        assert [answer.status_code for answer in answers] == [303, 303]
        assert {answer.headers["Location"] for answer in answers} == {"/my/contacts"}
        assert [await signs_in(browser, answer) for answer in answers] == [True, True]

    @pytest.mark.parametrize(("seconds", "signed_in"), [(0, True), (59, True), (61, False)])
    async def test_again_is_done_within_a_minute_of_the_first_click(
        self,
        *,
        browser: Browser,
        sign_in_button: Button,
        clock: Clock,
        seconds: int,
        signed_in: bool,
    ) -> None:
        await sign_in_button.click()
        clock.advance(seconds=seconds / 2)
        await sign_in_button.click()
        clock.advance(seconds=seconds / 2)

        again = await sign_in_button.click()

        assert again.status_code == (303 if signed_in else 410)
        assert await signs_in(browser, again) is signed_in

    async def test_begins_one_session_and_says_nothing_twice(
        self, sign_in_button: Button, clock: Clock, connection: Connection
    ) -> None:
        first = await sign_in_button.click()
        said = await connection.fetchval("select count(*) from outbox")
        used_at = await connection.fetchval("select used_at from signin_nonce")
        clock.advance(seconds=5)

        second = await sign_in_button.click()

        assert second.cookies[COOKIE] == first.cookies[COOKIE]
        assert form_token.COOKIE not in first.cookies, "both clicks show the same one"
        assert await connection.fetchval("select count(*) from outbox") == said
        assert await connection.fetchval("select used_at from signin_nonce") == used_at

    async def test_is_not_done_in_another_browser(
        self, other_browser: Browser, sign_in_button: Button, link_sent: LinkSent
    ) -> None:
        others = Button(other_browser, await other_browser.open(await link_sent()))
        await sign_in_button.click()

        answer = await others.click()

        assert answer.status_code == 410
        assert COOKIE not in answer.cookies

    async def test_leaves_no_form_cookie_in_the_database(
        self, browser: Browser, sign_in_button: Button, connection: Connection
    ) -> None:
        cookie = browser.http.cookies[form_token.COOKIE]

        await sign_in_button.click()

        kept = await connection.fetchval("select browser from signin_nonce")
        assert len(kept) == 32
        assert cookie.encode() not in kept

    async def test_is_not_done_where_the_release_before_took_the_first_click(
        self, sign_in_button: Button, connection: Connection, clock: Clock
    ) -> None:
        await connection.execute("update signin_nonce set used_at = $1", clock())

        assert (await sign_in_button.click()).status_code == 410

    @pytest.mark.parametrize("ends", ["access", "member"])
    async def test_is_not_done_once_that_ended(
        self,
        *,
        britta: Member,
        sign_in_button: Button,
        connection: Connection,
        clock: Clock,
        ends: str,
    ) -> None:
        await sign_in_button.click()
        async with connection.transaction():
            if ends == "access":
                await commands.end_access(connection, britta.id, now=clock(), cause=Cause.new())
            else:
                await erasure.erase_member(
                    connection, britta.id, tracer=TRACER, now=clock(), cause=Cause.new()
                )

        again = await sign_in_button.click()

        assert again.status_code == 410
        assert COOKIE not in again.cookies

    async def test_is_not_done_once_somebody_signed_out_there(
        self, browser: Browser, sign_in_button: Button
    ) -> None:
        await sign_in_button.click()
        await browser.send("/sign-out", form_page=ACCOUNT)

        again = await sign_in_button.click()

        assert again.status_code == 410
        assert COOKIE not in again.cookies


class TestRegistering:
    @pytest.mark.parametrize("at_once", [False, True])
    async def test_is_done_by_the_second_answer_too(
        self,
        *,
        browser: Browser,
        link_sent: LinkSent,
        connection: Connection,
        published: Published,
        at_once: bool,
    ) -> None:
        await browser.send("/register", **FORM)
        button = Button(browser, await browser.open(await link_sent()))

        if at_once:
            answers = list(await asyncio.gather(button.click(), button.click()))
        else:
            answers = [await button.click(), await button.click()]

        assert [answer.status_code for answer in answers] == [303, 303]
        assert [await signs_in(browser, answer) for answer in answers] == [True, True]
        assert await connection.fetchval("select count(*) from member") == 1
        assert len(await published("member.state")) == 1


class TestMoving:
    async def test_twice_at_once_leaves_either_answer_signed_in(
        self,
        *,
        browser: Browser,
        britta: Member,
        moving_button: Button,
        met: Met,
        published: Published,
    ) -> None:
        answers = []

        async def click() -> None:
            answers.append(await moving_button.click())

        await met(click(), click(), held=HELD, row=britta.id)

        assert [answer.status_code for answer in answers] == [303, 303]
        assert {answer.headers["Location"] for answer in answers} == {f"{ACCOUNT}?done=moved"}
        assert [await signs_in(browser, answer) for answer in answers] == [True, True]
        assert len(await published("member.state")) == 2
        assert len(await published("address.changed")) == 1

    @pytest.mark.parametrize(("seconds", "signed_in"), [(0, True), (59, True), (61, False)])
    async def test_again_is_done_within_a_minute_of_the_first_click(
        self,
        *,
        browser: Browser,
        moving_button: Button,
        published: Published,
        clock: Clock,
        seconds: int,
        signed_in: bool,
    ) -> None:
        await moving_button.click()
        clock.advance(seconds=seconds)

        again = await moving_button.click()

        assert again.status_code == (303 if signed_in else 410)
        assert await signs_in(browser, again) is signed_in
        assert len(await published("address.changed")) == 1

    async def test_is_not_done_again_in_another_browser(
        self, *, other_browser: Browser, britta: Member, moving_button: Button, link_sent: LinkSent
    ) -> None:
        other_browser.sign_in(britta)
        to = await other_browser.open(await link_sent())
        others = Button(other_browser, await other_browser.open(to.headers["Location"]))
        await moving_button.click()

        answer = await others.click()

        assert answer.status_code == 410
        assert COOKIE not in answer.cookies

    async def test_is_not_done_again_where_somebody_else_signed_in_meanwhile(
        self, moving_button: Button, a_member: AMember
    ) -> None:
        await moving_button.click()
        eva = await a_member("Eva Ott")
        moving_button.sign_in(eva)

        answer = await moving_button.click()

        assert answer.status_code == 410
        assert COOKIE not in answer.cookies

    async def test_is_not_done_again_once_access_ended(
        self, *, britta: Member, moving_button: Button, connection: Connection, clock: Clock
    ) -> None:
        await moving_button.click()
        await commands.end_access(connection, britta.id, now=clock(), cause=Cause.new())

        again = await moving_button.click()

        assert again.status_code == 410
        assert COOKIE not in again.cookies

    async def test_leaves_nothing_open_as_the_release_before_reads_it(
        self, moving_button: Button, connection: Connection, clock: Clock
    ) -> None:
        await moving_button.click()

        found = "select count(*) from signin_nonce"
        left = await connection.fetchval(found)
        still_open = await connection.fetchval(f"{found} where expires_at > $1", clock())
        assert (left, still_open) == (1, 0)

    async def test_is_told_as_confirmed_in_the_file_of_own_data(
        self, browser: Browser, moving_button: Button
    ) -> None:
        await moving_button.click()

        held = (await browser.open(f"{ACCOUNT}/file")).json()

        assert [each["open_until"] for each in held["address_changes"]] == [None]
        assert held["sign_in_links"][0]["used_at"] is not None
