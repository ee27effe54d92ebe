"""Whoever registered is told what was decided: said with the decision, once, or not at all."""

import asyncio

import pytest
from listing_builders import a_listing, on
from listings_scene import (
    NOW,
    TRACER,
    AMember,
    AnOrganisation,
    Browser,
    MintLink,
    Published,
)
from lock_racing import LOCKED
from registering_scene import APPROVED, DECLINED, FORM, WHY, decided, path_to, register

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings import erasure
from listings.members import deciding
from schemas.member import MemberState
from schemas.public import PublicListingState
from schemas.vocabulary import Role, SizeClass, Visibility


class TestModerator:
    @pytest.fixture
    async def tom(
        self, browser: Browser, published: Published, mint_link: MintLink, a_member: AMember
    ) -> MemberState:
        """Waits to act for an organisation that the directory does not know."""
        tom = await register(browser, published, mint_link)
        browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))
        return tom

    @pytest.mark.usefixtures("tom")
    async def test_reads_the_name_of_whoever_waits_before_the_address(
        self, browser: Browser
    ) -> None:
        page = await browser.open("/moderation/members")

        name, address = f"{FORM['name']}</h2>", f"{FORM['email']}</p>"
        assert 0 < page.text.index(name) < page.text.index(address)

    async def test_says_with_an_approval_for_whom_the_person_acts(
        self, browser: Browser, published: Published, tom: MemberState
    ) -> None:
        page = await browser.open("/moderation/members")

        await browser.send(path_to("approve", page.text), form_page="/moderation/members")

        [fact] = await decided(published)
        member = MemberState.model_validate_json((await published("member.state"))[-1])
        assert (fact.member_id, fact.decision) == (tom.member_id, APPROVED)
        assert (fact.organisation_id,) == member.organisation_ids
        assert fact.organisation_name == FORM["organisation_name"]
        assert (fact.by_colleague, fact.reason, fact.appeal_to) == (False, "", "")

    @pytest.mark.usefixtures("tom")
    async def test_lets_anonymous_listings_hide_behind_the_new_organisation(
        self,
        browser: Browser,
        connection: Connection,
        published: Published,
        an_organisation: AnOrganisation,
    ) -> None:
        alike = {"postcode": FORM["organisation_postcode"], "size_class": SizeClass.MICRO}
        firms = [
            await an_organisation(f"Werk {number}", trusted=True, **alike) for number in "1234"
        ]
        await a_listing(connection, firms[0], visibility=Visibility.ANONYMOUS)
        page = await browser.open("/moderation/members")

        await browser.send(path_to("approve", page.text), form_page="/moderation/members")

        told = [
            PublicListingState.model_validate_json(payload).listing.region
            for payload in await published("public.listing.state")
        ]
        assert told == [None, "Vorpommern-Greifswald"]

    async def test_says_with_a_decline_why_and_whom_to_ask(
        self, browser: Browser, published: Published, tom: MemberState
    ) -> None:
        page = await browser.open("/moderation/members")
        case = path_to("decline", page.text)

        asked = await browser.open(case)
        answer = await browser.send(case, reason=WHY)

        [fact] = await decided(published)
        assert "Tom Ude (tom@neuwerk.example) möchte für Neuwerk" in asked.text
        assert answer.headers["location"] == "/moderation/members"
        assert (fact.member_id, fact.decision, fact.reason) == (tom.member_id, DECLINED, WHY)
        assert (fact.organisation_id, fact.by_colleague) == (None, False)
        assert fact.appeal_to == browser.settings.appeal_to
        assert await published("organisation.state") == []
        assert "wartet niemand" in (await browser.open("/moderation/members")).text

    @pytest.mark.usefixtures("tom")
    async def test_need_not_say_why(self, browser: Browser, published: Published) -> None:
        page = await browser.open("/moderation/members")

        await browser.send(path_to("decline", page.text))

        [fact] = await decided(published)
        assert (fact.decision, fact.reason) == (DECLINED, "")

    @pytest.mark.usefixtures("tom")
    @pytest.mark.parametrize("reason", ["x" * 1001, "<script>alert(1)</script>", "Nein\x1b"])
    async def test_reads_at_the_field_what_is_wrong_with_a_reason(
        self, browser: Browser, published: Published, reason: str
    ) -> None:
        page = await browser.open("/moderation/members")

        answer = await browser.send(path_to("decline", page.text), reason=reason)

        assert answer.status_code == 422
        assert 'id="field-reason-error"' in answer.text
        assert await decided(published) == []
        assert "Tom Ude" in (await browser.open("/moderation/members")).text

    async def test_decides_once_even_when_two_do_it_at_the_same_moment(
        self,
        browser: Browser,
        pool: Pool,
        connection: Connection,
        published: Published,
        tom: MemberState,
    ) -> None:
        case = path_to("decline", (await browser.open("/moderation/members")).text)
        async with pool.transaction() as first:
            await deciding.approve_registration(
                first, tom.member_id, by_colleague=False, occasion=on()
            )
            second = asyncio.create_task(browser.send(case))
            await eventually(lambda: connection.fetchval(LOCKED))

        for late in (await second, await browser.open(case)):
            desk = await browser.open(late.headers["location"])
            assert late.status_code == 303
            assert "Über diese Registrierung ist schon entschieden." in desk.text
        assert [fact.decision for fact in await decided(published)] == [APPROVED]

    @pytest.mark.parametrize(("role", "leads_on"), [(Role.MODERATOR, True), (Role.BROKER, False)])
    async def test_is_led_on_only_to_what_they_may_open(
        self, *, browser: Browser, a_member: AMember, role: Role, leads_on: bool
    ) -> None:
        browser.sign_in(await a_member(roles=frozenset({role})))

        page = await browser.open("/moderation/members")

        assert page.status_code == 200
        assert ('href="/moderation"' in page.text) is leads_on
        assert (await browser.open("/moderation")).is_success is leads_on

    async def test_says_nothing_where_the_decision_is_undone(
        self, connection: Connection, published: Published, tom: MemberState
    ) -> None:
        async def fails_after_approving() -> None:
            async with connection.transaction():
                await deciding.approve_registration(
                    connection, tom.member_id, by_colleague=False, occasion=on()
                )
                raise LookupError

        with pytest.raises(LookupError):
            await fails_after_approving()

        assert await decided(published) == []
        assert await connection.fetchval("select count(*) from joining") == 1

    async def test_of_an_erased_person_nothing_is_kept(
        self, browser: Browser, connection: Connection, published: Published, tom: MemberState
    ) -> None:
        page = await browser.open("/moderation/members")
        await browser.send(path_to("decline", page.text), reason=WHY)

        async with connection.transaction():
            await erasure.erase_member(
                connection, tom.member_id, tracer=TRACER, now=NOW, cause=Cause.new()
            )

        assert await published("registration.decided") == [""]
