"""The page of roles: an administrator grants one and takes it; one administrator always stays."""

import asyncio
from uuid import UUID, uuid4

import pytest
from listings_scene import NOW, AMember, Browser, Published
from lock_racing import LOCKED

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings.members import commands, granting
from listings.members.member import Member
from schemas.member import MemberState
from schemas.vocabulary import Role

HERE = "/moderation/roles"


@pytest.fixture
async def anna(a_member: AMember, browser: Browser) -> Member:
    """An administrator, signed in."""
    anna = await a_member("Anna Amt", roles=frozenset({Role.ADMIN}))
    browser.sign_in(anna)
    return anna


@pytest.fixture
async def tom(a_member: AMember) -> Member:
    return await a_member("Tom Ude", email="tom@example.org")


def path_to_revoke(member: Member, role: str) -> str:
    return f"{HERE}/{member.id}/{role}/revoke"


async def roles_of(connection: Connection, member: Member) -> list[str]:
    roles: list[str] = await connection.fetchval(
        "select roles from member where id = $1", member.id
    )
    return roles


async def actions(connection: Connection) -> list[tuple[str, str, str]]:
    rows = await connection.fetch("select operator, command, result from operator_action")
    return [tuple(row) for row in rows]


async def test_a_person_is_named_before_the_address(
    browser: Browser, anna: Member, tom: Member
) -> None:
    answer = await browser.send(HERE, email=tom.email, role="broker")

    page = await browser.open(answer.headers["Location"])

    assert 0 < page.text.index("Tom Ude</h3>") < page.text.index("tom@example.org</p>")


class TestWhoMay:
    @pytest.mark.parametrize("roles", [(), (Role.MODERATOR, Role.BROKER)])
    async def test_nobody_but_an_administrator(
        self,
        browser: Browser,
        a_member: AMember,
        tom: Member,
        connection: Connection,
        roles: tuple[Role, ...],
    ) -> None:
        browser.sign_in(await a_member("Mo", roles=frozenset(roles)))
        grant = {"email": tom.email, "role": "admin"}

        answers = [
            await browser.open(HERE),
            await browser.open(path_to_revoke(tom, "moderator")),
            await browser.send(HERE, form_page="/my/tokens", **grant),
            await browser.send(path_to_revoke(tom, "moderator"), form_page="/my/tokens"),
        ]

        assert [each.status_code for each in answers] == [403] * 4
        assert await roles_of(connection, tom) == ["member"]
        assert await actions(connection) == []

    async def test_a_visitor_is_sent_to_sign_in(self, browser: Browser) -> None:
        answer = await browser.open(HERE)

        assert answer.headers["Location"] == "/sign-in?next=%2Fmoderation%2Froles"

    async def test_only_administrators_are_led_there(
        self, browser: Browser, anna: Member, a_member: AMember
    ) -> None:
        hers = await browser.open("/my/tokens")
        browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))
        theirs = await browser.open("/my/tokens")

        link = f'href="{HERE}"'
        assert (link in hers.text, link in theirs.text) == (True, False)


class TestSeeing:
    @pytest.mark.usefixtures("anna", "tom")
    async def test_names_whoever_has_a_role_and_which(
        self, browser: Browser, a_member: AMember
    ) -> None:
        await a_member("Eva Ott", roles=frozenset({Role.BROKER, Role.MODERATOR}))

        page = await browser.open(HERE)

        assert "eva.ott@example.org" in page.text
        assert "Moderation, Vermittlung" in page.text
        assert "Tom Ude" not in page.text

    @pytest.mark.usefixtures("anna")
    async def test_of_buttons_with_one_label_each_says_whom_it_is_for(
        self, browser: Browser, a_member: AMember
    ) -> None:
        for name in ("Eva Ott", "Mo Rat"):
            await a_member(name, roles=frozenset({Role.MODERATOR}))

        page = (await browser.open(HERE)).text

        heard = page.replace('</span><span class="site-unseen">', "")
        assert ">Moderation entziehen: Eva Ott, eva.ott@example.org</span></a>" in heard
        assert ">Moderation entziehen: Mo Rat, mo.rat@example.org</span></a>" in heard


class TestGranting:
    async def test_tells_the_other_services_and_leaves_an_audit_line(
        self,
        *,
        browser: Browser,
        anna: Member,
        tom: Member,
        connection: Connection,
        published: Published,
    ) -> None:
        answer = await browser.send(HERE, email=" Tom@Example.org ", role="moderator")
        after = await browser.open(answer.headers["Location"])

        state = MemberState.model_validate_json((await published("member.state"))[-1])
        assert (state.member_id, state.roles) == (tom.id, (Role.MEMBER, Role.MODERATOR))
        assert state.revision > tom.revision
        assert await actions(connection) == [(str(anna.id), "role grant moderator", str(tom.id))]
        assert "Die Rolle ist vergeben" in after.text
        assert "Tom Ude" in after.text

    @pytest.mark.usefixtures("anna")
    async def test_holds_in_a_session_that_is_open(
        self, browser: Browser, tom: Member, pool: Pool
    ) -> None:
        before = await browser.sign_in(tom).open("/moderation")

        async with pool.transaction() as own:
            await granting.grant_role(
                own, tom.email, Role.MODERATOR, by=str(uuid4()), now=NOW, cause=Cause.new()
            )
        after = await browser.open("/moderation")

        assert (before.status_code, after.status_code) == (403, 200)

    @pytest.mark.usefixtures("anna")
    async def test_an_unknown_address_is_refused_with_what_to_do(
        self, browser: Browser, connection: Connection
    ) -> None:
        answer = await browser.send(HERE, email="nobody@example.org", role="broker")

        assert answer.status_code == 422
        assert 'id="field-email-error"' in answer.text
        assert "bitten Sie die Person, sich zu registrieren" in answer.text
        assert await actions(connection) == []

    @pytest.mark.usefixtures("anna")
    @pytest.mark.parametrize("role", ["", "member", "king"])
    async def test_what_is_no_role_to_grant_is_refused_at_its_field(
        self, browser: Browser, tom: Member, connection: Connection, role: str
    ) -> None:
        answer = await browser.send(HERE, email=tom.email, role=role)

        assert answer.status_code == 422
        assert 'id="field-role-error"' in answer.text
        assert await actions(connection) == []

    @pytest.mark.usefixtures("anna")
    async def test_a_form_of_another_site_grants_nothing(
        self, browser: Browser, tom: Member, connection: Connection
    ) -> None:
        await browser.open(HERE)

        answer = await browser.http.post(HERE, data={"email": tom.email, "role": "admin"})

        assert answer.status_code == 403
        assert await roles_of(connection, tom) == ["member"]

    @pytest.mark.usefixtures("anna")
    async def test_roles_granted_at_once_are_all_kept(
        self, browser: Browser, tom: Member, pool: Pool, connection: Connection
    ) -> None:
        async with pool.transaction() as own:
            roles = frozenset({Role.BROKER})
            await commands.set_roles(own, tom.id, roles, now=NOW, cause=Cause.new())
            later = asyncio.create_task(browser.send(HERE, email=tom.email, role="moderator"))
            await eventually(lambda: connection.fetchval(LOCKED))
        await later

        assert await roles_of(connection, tom) == ["member", "moderator", "broker"]


class TestTaking:
    async def test_is_asked_once_again_and_leaves_an_audit_line(
        self,
        *,
        browser: Browser,
        anna: Member,
        a_member: AMember,
        connection: Connection,
        published: Published,
    ) -> None:
        eva = await a_member("Eva Ott", roles=frozenset({Role.BROKER, Role.MODERATOR}))
        path = path_to_revoke(eva, "broker")

        overview = await browser.open(HERE)
        asked = await browser.open(path)
        before = await roles_of(connection, eva)
        answer = await browser.send(path)
        after = await browser.open(answer.headers["Location"])

        state = MemberState.model_validate_json((await published("member.state"))[-1])
        assert f'href="{path}"' in overview.text
        assert "Eva Ott" in asked.text
        assert before == ["member", "moderator", "broker"]
        assert (state.member_id, state.roles) == (eva.id, (Role.MEMBER, Role.MODERATOR))
        assert await actions(connection) == [(str(anna.id), "role revoke broker", str(eva.id))]
        assert "Die Rolle ist entzogen" in after.text

    @pytest.mark.usefixtures("anna")
    @pytest.mark.parametrize("role", ["member", "king"])
    async def test_what_nobody_can_take_is_not_there(
        self, browser: Browser, tom: Member, connection: Connection, role: str
    ) -> None:
        path = path_to_revoke(tom, role)

        asked = await browser.open(path)
        answer = await browser.send(path, form_page=HERE)

        assert asked.status_code in {404, 422}
        assert answer.status_code == asked.status_code
        assert await actions(connection) == []

    @pytest.mark.usefixtures("anna")
    async def test_of_an_unknown_person_nothing_is_taken(
        self, browser: Browser, connection: Connection
    ) -> None:
        path = f"{HERE}/{uuid4()}/moderator/revoke"

        answers = [await browser.open(path), await browser.send(path, form_page=HERE)]

        assert [each.status_code for each in answers] == [404, 404]
        assert await actions(connection) == []


class TestLastAdministrator:
    async def test_cannot_take_it_from_themselves_and_reads_who_has_to_come_first(
        self, browser: Browser, anna: Member, connection: Connection, published: Published
    ) -> None:
        path = path_to_revoke(anna, "admin")

        overview = await browser.open(HERE)
        answer = await browser.send(path)

        assert f'href="{path}"' not in overview.text
        assert "Die Verwaltung bleibt bei Ihnen" in overview.text
        assert answer.status_code == 409
        assert "Das ist noch nicht möglich" in answer.text
        assert "Vergeben Sie die Rolle zuerst an jemand anderen" in answer.text
        assert await roles_of(connection, anna) == ["member", "admin"]
        assert await actions(connection) == []
        assert len(await published("member.state")) == 1

    async def test_where_another_is_there_one_is_warned_and_led_away(
        self, browser: Browser, anna: Member, a_member: AMember, connection: Connection
    ) -> None:
        await a_member("Eva Ott", roles=frozenset({Role.ADMIN}))
        path = path_to_revoke(anna, "admin")

        asked = await browser.open(path)
        answer = await browser.send(path)
        own_page = await browser.open(answer.headers["Location"])
        after = await browser.open(HERE)

        assert "Das sind Sie selbst" in asked.text
        assert (own_page.status_code, after.status_code) == (200, 403)
        assert await roles_of(connection, anna) == ["member"]

    async def test_of_the_last_two_at_once_one_stays(
        self, anna: Member, a_member: AMember, pool: Pool, connection: Connection
    ) -> None:
        eva = await a_member("Eva Ott", roles=frozenset({Role.ADMIN}))

        async def give_up(own: Connection, member_id: UUID) -> None:
            await granting.revoke_role(
                own, member_id, Role.ADMIN, by=str(member_id), now=NOW, cause=Cause.new()
            )

        async def give_up_later() -> None:
            async with pool.transaction() as own:
                await give_up(own, eva.id)

        async with pool.transaction() as own:
            await give_up(own, anna.id)
            later = asyncio.create_task(give_up_later())
            await eventually(lambda: connection.fetchval(LOCKED))
        with pytest.raises(granting.LastAdministrator):
            await later

        assert await roles_of(connection, eva) == ["member", "admin"]
        assert await roles_of(connection, anna) == ["member"]
