"""API tokens: shown once, stored as a hash, worthless once revoked, no substitute for a session."""

from uuid import uuid4

from listings_scene import AMember, ATokenOf, Browser, Clock

from chassis.database import Connection


class TestTokensPage:
    async def test_a_fresh_token_is_shown_once_and_stored_only_as_a_hash(
        self, browser: Browser, a_member: AMember, connection: Connection
    ) -> None:
        browser.sign_in(await a_member())

        made = await browser.send("/my/tokens", label="Warenwirtschaft")

        token = made.text.partition("<code>")[2].partition("</code>")[0]
        assert token.startswith("kb_")
        assert token not in (await browser.open("/my/tokens")).text
        assert token not in str(await connection.fetch("select * from api_token"))

    async def test_revoking_takes_it_away(
        self, browser: Browser, a_member: AMember, connection: Connection
    ) -> None:
        browser.sign_in(await a_member())
        await browser.send("/my/tokens", label="Warenwirtschaft")
        token_id = await connection.fetchval("select id from api_token")

        await browser.send(f"/my/tokens/{token_id}/revoke", form_page="/my/tokens")

        assert await connection.fetchval("select count(*) from api_token") == 0

    async def test_nobody_revokes_the_token_of_another(
        self, browser: Browser, a_member: AMember, a_token_of: ATokenOf, connection: Connection
    ) -> None:
        await a_token_of(await a_member("Eva Ott"))
        token_id = await connection.fetchval("select id from api_token")
        browser.sign_in(await a_member("Tom Ude"))

        await browser.send(f"/my/tokens/{token_id}/revoke", form_page="/my/tokens")

        assert await connection.fetchval("select count(*) from api_token") == 1

    async def test_a_token_says_when_it_was_last_used(
        self, browser: Browser, a_member: AMember, a_token_of: ATokenOf, clock: Clock
    ) -> None:
        member = await a_member()
        headers = await a_token_of(member)
        unused = await browser.sign_in(member).open("/my/tokens")

        await browser.open("/api/v1/listings", **headers)
        clock.advance(days=2, hours=14, minutes=30)
        await browser.open("/api/v1/listings", **headers)

        used = await browser.open("/my/tokens")
        assert "noch nicht benutzt" in unused.text
        assert "zuletzt benutzt am 3. Februar 2027" in used.text


class TestAccess:
    async def test_a_token_opens_no_page(
        self, browser: Browser, a_member: AMember, a_token_of: ATokenOf
    ) -> None:
        headers = await a_token_of(await a_member())

        assert (await browser.open("/my/tokens", **headers)).status_code == 303

    async def test_a_session_opens_no_api(self, browser: Browser, a_member: AMember) -> None:
        browser.sign_in(await a_member())

        withdraw = f"/api/v1/listings/{uuid4()}/withdraw"
        answer = await browser.http.post(withdraw, json={"answer": "found-here"})

        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
