"""Registering: an address is verified first, a moderator decides for whom the person acts."""

import asyncio
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest
from listing_builders import a_listing
from listings_scene import NOW, AMember, AnOrganisation, Browser, MintLink, Published, token_in
from lock_racing import LOCKED

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings.members import commands, joining
from schemas.links import LinkPurpose
from schemas.member import MemberState, SignInRequested
from schemas.organisation import OrganisationState
from schemas.vocabulary import Role

CONTACT_FORM = "/listings/0198f0a0-0000-7000-8000-000000000000/contact"
FORM = {
    "name": "Tom Ude",
    "email": "tom@neuwerk.example",
    "organisation_name": "Neuwerk Labortechnik GmbH",
    "organisation_kind": "start-up",
    "organisation_size_class": "micro",
    "organisation_postcode": "17489",
}


async def followed(browser: Browser, published: Published, mint_link: MintLink) -> httpx.Response:
    """The link in the mail is opened and its button pressed."""
    asked = SignInRequested.model_validate_json((await published("signin.requested"))[-1])
    return await browser.send(mint_link(LinkPurpose.SIGN_IN, asked.nonce, asked.member_id))


async def verified(browser: Browser, published: Published, mint_link: MintLink) -> None:
    assert (await followed(browser, published, mint_link)).status_code == 303


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

    async def test_who_registered_reads_that_a_mail_is_sent_and_then_what_is_waited_for(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        sent = await browser.send("/register", **FORM)
        await verified(browser, published, mint_link)
        mine = await browser.open("/my/listings")

        assert "Eine E-Mail an tom@neuwerk.example ist unterwegs." in sent.text
        assert "können Sie hier für Neuwerk Labortechnik GmbH" in mine.text
        assert "Die Entscheidung schicken wir Ihnen per E-Mail." in mine.text
        assert "noch zu keiner Organisation" not in mine.text

    async def test_a_member_who_registers_again_only_gets_a_link(
        self, browser: Browser, published: Published, a_member: AMember, connection: Connection
    ) -> None:
        member = await a_member(email=FORM["email"])

        await browser.send("/register", **FORM)

        (asked,) = map(SignInRequested.model_validate_json, await published("signin.requested"))
        assert asked.member_id == member.id
        assert await connection.fetchval("select count(*) from joining") == 0

    async def test_a_member_who_registers_for_another_organisation_comes_to_where_it_is_asked_for(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        a_member: AMember,
        an_organisation: AnOrganisation,
    ) -> None:
        await a_member(email=FORM["email"], of=await an_organisation("Labor Ost"))
        await browser.send("/register", **FORM)

        answer = await followed(browser, published, mint_link)
        page = await browser.open(answer.headers["location"])

        assert page.status_code == 200
        assert "/my/organisations/new?name=Neuwerk+Labortechnik+GmbH" in page.text

    @pytest.mark.parametrize("is_known", [False, True])
    @pytest.mark.parametrize(
        ("wanted", "location"),
        [
            (CONTACT_FORM, CONTACT_FORM),
            (f"{CONTACT_FORM}?a=b&c=d", f"{CONTACT_FORM}?a=b&c=d"),
            ("", "/my/listings"),
            ("https://evil.example/", "/my/listings"),
            ("//evil.example/", "/my/listings"),
            ("/\\evil.example", "/my/listings"),
            ("\\\\evil.example", "/my/listings"),
            ("javascript:alert(1)", "/my/listings"),
        ],
    )
    async def test_the_link_leads_back_to_where_one_wanted_to_go_but_never_away(
        self,
        *,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        a_member: AMember,
        an_organisation: AnOrganisation,
        wanted: str,
        location: str,
        is_known: bool,
    ) -> None:
        if is_known:
            known = await an_organisation(FORM["organisation_name"])
            await a_member(email=FORM["email"], of=known)
        await browser.send("/register", **FORM, next=wanted)

        answer = await followed(browser, published, mint_link)

        assert answer.headers["location"] == location

    async def test_the_way_back_is_kept_from_page_to_page(self, browser: Browser) -> None:
        way = urlencode({"next": CONTACT_FORM})

        to_sign_in = await browser.open(CONTACT_FORM)
        sign_in = await browser.open(to_sign_in.headers["location"])
        form = await browser.open(f"/register?{way}")
        refused = await browser.send("/register", form_page=f"/register?{way}", next=CONTACT_FORM)
        sent = await browser.send("/register", **FORM, next=CONTACT_FORM)

        assert f'href="/register?{way}"' in sign_in.text
        assert refused.status_code == 422
        for page in (form, refused):
            assert f'name="next" value="{CONTACT_FORM}"' in page.text
            assert f'href="/sign-in?{way}"' in page.text
        for path in ("/sign-in", "/register"):
            assert f'href="{path}?{way}"' in sent.text

    async def test_a_way_that_leads_elsewhere_is_not_offered(self, browser: Browser) -> None:
        form = await browser.open("/register?next=//evil.example/")
        sent = await browser.send("/register", **FORM, next="//evil.example/")

        assert 'name="next" value=""' in form.text
        assert 'href="/sign-in"' in form.text
        for path in ("/sign-in", "/register"):
            assert f'href="{path}"' in sent.text

    async def test_who_still_waits_for_a_yes_reads_so_at_the_listing(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))
        path = f"/listings/{listing.id}/contact"
        await browser.send("/register", **FORM, next=path)

        answer = await followed(browser, published, mint_link)
        page = await browser.open(answer.headers["location"])

        assert page.status_code == 403
        assert "muss noch ein Mitglied oder die Moderation Ja sagen" in page.text

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("name", ""),
            ("name", "<script>alert(1)</script>"),
            ("name", "x" * 201),
            ("email", "tom"),
            ("email", "bärbel@example.org"),
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
        assert await connection.fetchval("select count(*) from joining") == 0
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

    async def test_twice_is_done_once(self, moderating: Browser, published: Published) -> None:
        path = _action((await moderating.open("/moderation/members")).text, "approve")
        await moderating.send(path, form_page="/moderation/members")
        said = len(await published("member.state"))

        again = await moderating.send(path, form_page="/moderation/members")

        desk = await moderating.open(again.headers["location"])
        assert again.status_code == 303
        assert "Über diese Registrierung ist schon entschieden." in desk.text
        assert len(await published("member.state")) == said

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


class TestTheSameAddressTwice:
    OTHER = FORM | {"name": "Eve Dropper", "organisation_name": "Fremde GmbH"}

    async def test_each_link_verifies_what_was_typed_with_it(
        self, browser: Browser, published: Published, mint_link: MintLink, connection: Connection
    ) -> None:
        first = await browser.send("/register", **FORM)
        second = await browser.send("/register", **self.OTHER)
        asked = await links(published, mint_link)
        page = await browser.open(asked[0])

        await browser.send(asked[0])
        too_late = await browser.send(asked[1], form_page="/register")

        (member,) = map(MemberState.model_validate_json, await published("member.state"))
        assert first.text == second.text
        assert "Tom Ude für Neuwerk Labortechnik GmbH" in page.text
        assert member.member_name == "Tom Ude"
        assert too_late.status_code == 410
        assert "schon jemand angemeldet" not in too_late.text
        waiting = await connection.fetch("select organisation_name, member_id from joining")
        assert [tuple(row) for row in waiting] == [(FORM["organisation_name"], member.member_id)]

    async def test_a_link_that_was_outrun_says_so_instead_of_offering_its_button(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        await browser.send("/register", **FORM)
        await browser.send("/register", **self.OTHER)
        asked = await links(published, mint_link)
        await browser.send(asked[0])

        page = await browser.open(asked[1])

        assert page.status_code == 410
        assert "schon eine andere bestätigt" in page.text

    @pytest.mark.parametrize("comes_by_import", [False, True])
    async def test_erased_within_days_the_address_is_in_no_stored_event(
        self,
        *,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        a_member: AMember,
        connection: Connection,
        comes_by_import: bool,
    ) -> None:
        await browser.send("/register", **FORM)
        await browser.send("/register", **self.OTHER)
        if comes_by_import:
            await a_member("Thomas Ude", email=FORM["email"])
        else:
            await browser.send((await links(published, mint_link))[0])
        member_id = await connection.fetchval("select id from member")

        await commands.erase_member(connection, member_id, now=NOW, cause=Cause.new())

        assert FORM["email"] not in str(await connection.fetch("select payload from outbox"))

    async def test_clicked_at_once_makes_one_member(
        self, browser: Browser, published: Published, mint_link: MintLink, connection: Connection
    ) -> None:
        await browser.send("/register", **FORM)
        await browser.send("/register", **self.OTHER)
        asked = await links(published, mint_link)
        fields = {"form_token": token_in((await browser.open(asked[0])).text)}

        answers = await asyncio.gather(*(browser.http.post(each, data=fields) for each in asked))

        assert sorted(answer.status_code for answer in answers) == [303, 410]
        assert await connection.fetchval("select count(*) from member") == 1

    async def test_a_member_who_came_by_import_meanwhile_is_not_repeated(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        a_member: AMember,
        connection: Connection,
    ) -> None:
        await browser.send("/register", **FORM)
        (link,) = await links(published, mint_link)
        imported = await a_member("Thomas Ude", email=FORM["email"])

        answer = await browser.send(link)

        assert answer.status_code == 303
        assert await connection.fetchval("select count(*) from member") == 1
        assert await connection.fetchval("select member_id from joining") == imported.id

    async def test_an_address_somebody_gave_up_signs_in_nobody_else(
        self, browser: Browser, published: Published, mint_link: MintLink, connection: Connection
    ) -> None:
        await browser.send("/register", **FORM)
        await verified(browser, published, mint_link)
        await connection.execute("update member set email = 'tom@elsewhere.example'")
        browser.sign_out()

        await browser.send("/register", **self.OTHER)
        await browser.send((await links(published, mint_link))[-1])

        names = await connection.fetch("select name from member order by name")
        assert [row["name"] for row in names] == ["Eve Dropper", "Tom Ude"]

    async def test_the_answer_is_the_same_for_members_and_strangers(
        self, browser: Browser, a_member: AMember
    ) -> None:
        await a_member("Anna", email="anna@neuwerk.example")

        known = await browser.send("/register", **FORM | {"email": "anna@neuwerk.example"})
        unknown = await browser.send("/register", **FORM)

        assert known.text.replace("anna@", "tom@") == unknown.text


class TestOwnDomain:
    async def test_claims_an_unclaimed_organisation_at_once(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        connection: Connection,
    ) -> None:
        known = await an_organisation("Neuwerk AG", website="https://www.neuwerk.example")

        await browser.send("/register", **FORM)
        await verified(browser, published, mint_link)

        member = MemberState.model_validate_json((await published("member.state"))[-1])
        state = OrganisationState.model_validate_json((await published("organisation.state"))[-1])
        assert member.organisation_ids == (known.id,)
        assert state.has_members
        assert await connection.fetchval("select count(*) from joining") == 0

    @pytest.mark.parametrize("registers", [False, True])
    async def test_of_two_at_once_only_one_needs_nobody_s_word(
        self,
        *,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        a_member: AMember,
        pool: Pool,
        connection: Connection,
        registers: bool,
    ) -> None:
        known = await an_organisation("Neuwerk AG", website="https://www.neuwerk.example")
        first = await a_member("Anna", email="anna@neuwerk.example")
        second = await a_member("Ida", email="ida@neuwerk.example")
        await browser.send("/register", **FORM)
        (link,) = await links(published, mint_link)
        fields = {"form_token": token_in((await browser.open(link)).text)}

        async def ask(own: Connection, member_id: UUID) -> None:
            await joining.ask_to_join(own, member_id, known.id, now=NOW, cause=Cause.new())

        async def come_later() -> None:
            if registers:
                await browser.http.post(link, data=fields)
                return
            async with pool.transaction() as own:
                await ask(own, second.id)

        async with pool.transaction() as own:
            await ask(own, first.id)
            later = asyncio.create_task(come_later())
            await eventually(lambda: connection.fetchval(LOCKED))
        await later

        members = await connection.fetch("select member_id from membership")
        assert [row["member_id"] for row in members] == [first.id]
        assert await connection.fetchval("select count(*) from joining where member_id is not null")

    async def test_joins_others_by_the_word_of_one_of_them(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        known = await an_organisation("Neuwerk AG", website="https://www.neuwerk.example")
        anna = await a_member("Anna", of=known)
        stranger = await a_member("Stefan", of=await an_organisation("Fremde GmbH"))
        await browser.send("/register", **FORM)
        await verified(browser, published, mint_link)

        page = await browser.sign_in(anna).open("/my/organisations")
        path = _action(page.text, "approve")
        by_stranger = await browser.sign_in(stranger).send(path, form_page="/my/tokens")
        approved = await browser.sign_in(anna).send(path, form_page="/my/organisations")
        again = await browser.send(path, form_page="/my/tokens")

        member = MemberState.model_validate_json((await published("member.state"))[-1])
        assert FORM["email"] in page.text
        statuses = [each.status_code for each in (by_stranger, approved, again)]
        assert statuses == [409, 303, 303]
        assert (member.member_name, member.organisation_ids) == ("Tom Ude", (known.id,))

    async def test_of_another_domain_only_a_moderator_decides(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        known = await an_organisation(FORM["organisation_name"], website="https://other.example")
        anna = await a_member("Anna", of=known)
        await browser.send("/register", **FORM)
        await verified(browser, published, mint_link)

        colleagues = await browser.sign_in(anna).open("/my/organisations")
        moderator = await a_member("Mo", roles=frozenset({Role.MODERATOR}))
        queue = await browser.sign_in(moderator).open("/moderation/members")

        assert FORM["email"] not in colleagues.text
        assert FORM["email"] in queue.text


async def links(published: Published, mint_link: MintLink) -> list[str]:
    asked = map(SignInRequested.model_validate_json, await published("signin.requested"))
    return [mint_link(LinkPurpose.SIGN_IN, each.nonce, each.member_id) for each in asked]


def _action(html: str, verb: str) -> str:
    """The address of the first form on a page that ends in this verb."""
    (path, *_) = [
        part.partition('"')[0]
        for part in html.split('action="')[1:]
        if part.partition('"')[0].endswith(f"/{verb}")
    ]
    return path
