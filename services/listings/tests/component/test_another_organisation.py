"""A member speaks for one organisation more: one of the directory, or one it does not know yet."""

import pytest
from listings_scene import AMember, AnOrganisation, Browser, Published
from registering_scene import FORM, WHY, path_to

from chassis.database import Connection
from listings.members.joining import MOST_WISHES
from listings.members.member import Member
from schemas.member import MemberState
from schemas.vocabulary import Role

NEW = {name: value for name, value in FORM.items() if name.startswith("organisation_")}


async def waiting(connection: Connection) -> list[str]:
    rows = await connection.fetch("select organisation_name from joining order by verified_at, id")
    return [row["organisation_name"] for row in rows]


@pytest.fixture
async def tom(browser: Browser, a_member: AMember) -> Member:
    """Signed in."""
    tom = await a_member("Tom", email=FORM["email"])
    browser.sign_in(tom)
    return tom


class TestOneOfTheDirectory:
    @pytest.mark.parametrize(
        ("website", "done", "joined"),
        [
            ("https://neuwerk.example", "at-once", True),
            ("https://other.example", "by-moderator", False),
        ],
    )
    async def test_is_found_in_the_directory_and_asked_for(
        self,
        *,
        browser: Browser,
        an_organisation: AnOrganisation,
        a_member: AMember,
        connection: Connection,
        website: str,
        done: str,
        joined: bool,
    ) -> None:
        known = await an_organisation("Labor Ost GmbH", website=website)
        browser.sign_in(await a_member("Tom", email=FORM["email"]))

        page = await browser.open("/my/organisations?q=labor")
        path = path_to("join", page.text)
        answers = [await browser.send(path, form_page="/my/tokens") for _ in range(2)]

        assert answers[0].headers["location"] == f"/my/organisations?done={done}"
        members = await connection.fetch("select organisation_id from membership")
        assert [row["organisation_id"] for row in members] == ([known.id] if joined else [])
        waiting = await connection.fetchval("select count(*) from joining")
        assert waiting == (0 if joined else 1)


class TestNewOne:
    async def test_is_asked_for_where_the_directory_has_none_of_the_name(
        self, browser: Browser, connection: Connection, tom: Member
    ) -> None:
        name = NEW["organisation_name"]
        query = "Neuwerk+Labortechnik+GmbH"
        found = await browser.open(f"/my/organisations?q={query}")
        form = await browser.open(f"/my/organisations/new?name={query}")

        answer = await browser.send("/my/organisations", form_page="/my/organisations/new", **NEW)
        again = await browser.send("/my/organisations", form_page="/my/organisations/new", **NEW)

        assert f'href="/my/organisations/new?name={query}"' in found.text
        assert f'value="{name}"' in form.text
        assert {answer.headers["location"], again.headers["location"]} == {
            "/my/organisations?done=by-moderator"
        }
        assert await waiting(connection) == [name]
        assert name in (await browser.open("/my/organisations")).text

    async def test_joins_the_directory_with_its_member_once_approved(
        self, browser: Browser, published: Published, a_member: AMember, tom: Member
    ) -> None:
        await browser.send("/my/organisations", form_page="/my/organisations/new", **NEW)
        browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))
        page = await browser.open("/moderation/members")

        await browser.send(path_to("approve", page.text), form_page="/moderation/members")

        member = MemberState.model_validate_json((await published("member.state"))[-1])
        assert (member.member_id, len(member.organisation_ids)) == (tom.id, 1)
        assert NEW["organisation_name"] in (await published("organisation.state"))[-1]

    async def test_may_be_asked_for_again_after_a_refusal(
        self, browser: Browser, connection: Connection, a_member: AMember, tom: Member
    ) -> None:
        await browser.send("/my/organisations", form_page="/my/organisations/new", **NEW)
        browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))
        page = await browser.open("/moderation/members")
        await browser.send(path_to("decline", page.text), reason=WHY)

        browser.sign_in(tom)
        await browser.send("/my/organisations", form_page="/my/organisations/new", **NEW)

        assert await waiting(connection) == [NEW["organisation_name"]]

    async def test_whose_name_the_directory_knows_is_that_one(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        tom: Member,
    ) -> None:
        known = await an_organisation(NEW["organisation_name"].upper(), website="https://o.example")

        await browser.send("/my/organisations", form_page="/my/organisations/new", **NEW)

        assert await connection.fetchval("select organisation_id from joining") == known.id

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("organisation_name", ""),
            ("organisation_kind", "circus"),
            ("organisation_size_class", ""),
            ("organisation_postcode", "0"),
        ],
    )
    async def test_with_a_wrong_field_is_refused_there(
        self, *, browser: Browser, connection: Connection, tom: Member, field: str, typed: str
    ) -> None:
        answer = await browser.send(
            "/my/organisations", form_page="/my/organisations/new", **(NEW | {field: typed})
        )

        assert answer.status_code == 422
        assert f'id="field-{field}-error"' in answer.text
        assert await waiting(connection) == []

    async def test_waits_with_no_more_than_the_moderation_can_bear(
        self, browser: Browser, connection: Connection, tom: Member
    ) -> None:
        answers = [
            await browser.send(
                "/my/organisations",
                form_page="/my/organisations/new",
                **(NEW | {"organisation_name": f"Neuwerk {number} GmbH"}),
            )
            for number in range(MOST_WISHES + 1)
        ]

        assert [answer.status_code for answer in answers] == [303] * MOST_WISHES + [409]
        assert len(await waiting(connection)) == MOST_WISHES

    async def test_is_nothing_for_a_visitor(self, browser: Browser, connection: Connection) -> None:
        answer = await browser.open("/my/organisations/new")

        assert answer.headers["location"].startswith("/sign-in")
