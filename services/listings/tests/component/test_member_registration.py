"""Registering: an address is verified first, a moderator decides for whom the person acts."""

import pytest
from listings_scene import AMember, AnOrganisation, Browser, MintLink, Published

from chassis.database import Connection
from schemas.links import LinkPurpose
from schemas.member import MemberState, SignInRequested
from schemas.organisation import OrganisationState
from schemas.vocabulary import Role

FORM = {
    "name": "Tom Ude",
    "email": "tom@neuwerk.example",
    "organisation_name": "Neuwerk Labortechnik GmbH",
    "organisation_kind": "start-up",
    "organisation_size_class": "micro",
    "organisation_postcode": "17489",
}


async def verified(browser: Browser, published: Published, mint_link: MintLink) -> None:
    asked = SignInRequested.model_validate_json((await published("signin.requested"))[-1])
    answer = await browser.send(mint_link(LinkPurpose.SIGN_IN, asked.nonce, asked.member_id))
    assert answer.status_code == 303


class TestRegistration:
    async def test_nothing_is_visible_before_the_address_is_verified(
        self, browser: Browser, published: Published, connection: Connection
    ) -> None:
        answer = await browser.send("/register", **FORM)

        assert answer.status_code == 200
        assert await published("member.state") == []
        assert await published("organisation.state") == []
        assert len(await published("signin.requested")) == 1

    async def test_the_link_makes_a_member_who_acts_for_nobody_yet(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        await browser.send("/register", **FORM)

        await verified(browser, published, mint_link)

        (member,) = map(MemberState.model_validate_json, await published("member.state"))
        assert (member.member_name, member.organisation_ids) == ("Tom Ude", ())

    async def test_a_member_who_registers_again_only_gets_a_link(
        self, browser: Browser, published: Published, a_member: AMember, connection: Connection
    ) -> None:
        member = await a_member(email=FORM["email"])

        await browser.send("/register", **FORM)

        (asked,) = map(SignInRequested.model_validate_json, await published("signin.requested"))
        assert asked.member_id == member.id
        assert await connection.fetchval("select count(*) from registration") == 0

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("name", ""),
            ("name", "<script>alert(1)</script>"),
            ("name", "x" * 201),
            ("email", "tom"),
            ("organisation_name", "Neu\x1bwerk"),
            ("organisation_kind", "firma"),
            ("organisation_size_class", "huge"),
            ("organisation_postcode", "00000"),
        ],
    )
    async def test_bad_input_is_refused_at_its_field(
        self, browser: Browser, connection: Connection, field: str, typed: str
    ) -> None:
        answer = await browser.send("/register", **{**FORM, field: typed})

        assert answer.status_code == 422
        assert f'id="field-{field}-error"' in answer.text
        assert await connection.fetchval("select count(*) from registration") == 0
        assert await connection.fetchval("select count(*) from outbox") == 0


class TestApproval:
    @pytest.fixture
    async def moderating(
        self, browser: Browser, published: Published, mint_link: MintLink, a_member: AMember
    ) -> Browser:
        await browser.send("/register", **FORM)
        await verified(browser, published, mint_link)
        return browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))

    async def test_adds_a_new_organisation_and_lets_the_person_act_for_it(
        self, moderating: Browser, published: Published
    ) -> None:
        page = await moderating.open("/moderation/members")
        path = _action(page.text, "approve")

        answer = await moderating.send(path, form_page="/moderation/members")

        organisation = OrganisationState.model_validate_json(
            (await published("organisation.state"))[-1]
        )
        member = MemberState.model_validate_json((await published("member.state"))[-1])
        assert answer.status_code == 303
        assert organisation.organisation_name == "Neuwerk Labortechnik GmbH"
        assert organisation.has_members
        assert member.organisation_ids == (organisation.organisation_id,)
        assert "wartet niemand" in (await moderating.open("/moderation/members")).text

    async def test_twice_is_refused(self, moderating: Browser, published: Published) -> None:
        path = _action((await moderating.open("/moderation/members")).text, "approve")
        await moderating.send(path, form_page="/moderation/members")
        said = len(await published("member.state"))

        again = await moderating.send(path, form_page="/moderation/members")

        assert again.status_code == 409
        assert len(await published("member.state")) == said

    async def test_declining_leaves_a_member_who_acts_for_nobody(
        self, moderating: Browser, published: Published
    ) -> None:
        path = _action((await moderating.open("/moderation/members")).text, "decline")

        await moderating.send(path, form_page="/moderation/members")

        assert await published("organisation.state") == []

    async def test_is_for_moderators_only(self, browser: Browser, a_member: AMember) -> None:
        browser.sign_in(await a_member())

        assert (await browser.open("/moderation/members")).status_code == 403


async def test_an_organisation_of_the_directory_is_joined_not_repeated(
    browser: Browser,
    published: Published,
    mint_link: MintLink,
    a_member: AMember,
    an_organisation: AnOrganisation,
) -> None:
    known = await an_organisation("NEUWERK Labortechnik GmbH")
    await browser.send("/register", **FORM)
    await verified(browser, published, mint_link)
    browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))
    path = _action((await browser.open("/moderation/members")).text, "approve")

    await browser.send(path, form_page="/moderation/members")

    member = MemberState.model_validate_json((await published("member.state"))[-1])
    assert member.organisation_ids == (known.id,)


def _action(html: str, verb: str) -> str:
    """The address of the first form on a page that ends in this verb."""
    (path, *_) = [
        part.partition('"')[0]
        for part in html.split('action="')[1:]
        if part.partition('"')[0].endswith(f"/{verb}")
    ]
    return path
