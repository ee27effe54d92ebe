"""Who already speaks for an organisation decides who else does, and the person is told so."""

import pytest
from listings_scene import AMember, AnOrganisation, Browser, MintLink, Published, token_in
from registering_scene import APPROVED, DECLINED, FORM, WHY, decided, path_to, register

from listings.members.member import Member
from schemas.vocabulary import RegistrationDecision


class TestColleague:
    @pytest.fixture
    async def anna(
        self,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> Member:
        """Already speaks for the organisation at whose domain Tom has his address."""
        known = await an_organisation("Neuwerk AG", website="https://www.neuwerk.example")
        anna = await a_member("Anna", of=known)
        await register(browser, published, mint_link)
        browser.sign_in(anna)
        return anna

    @pytest.mark.usefixtures("anna")
    async def test_reads_the_name_of_whoever_waits_before_the_address(
        self, browser: Browser
    ) -> None:
        page = await browser.open("/my/organisations")

        name, address = f"{FORM['name']}</h3>", f"{FORM['email']}</p>"
        assert 0 < page.text.index(name) < page.text.index(address)

    @pytest.mark.parametrize(
        ("verb", "reason", "decision"), [("approve", "", APPROVED), ("decline", WHY, DECLINED)]
    )
    async def test_is_named_as_such_to_the_person(
        self,
        *,
        browser: Browser,
        published: Published,
        anna: Member,
        verb: str,
        reason: str,
        decision: RegistrationDecision,
    ) -> None:
        page = await browser.open("/my/organisations")

        answer = await browser.send(path_to(verb, page.text), form_page="/my/tokens", reason=reason)

        [fact] = await decided(published)
        assert answer.headers["location"] == "/my/organisations"
        assert (fact.decision, fact.reason, fact.by_colleague) == (decision, reason, True)
        assert (fact.organisation_id,) == anna.organisation_ids

    @pytest.mark.usefixtures("anna")
    async def test_clicks_twice_and_is_told_that_it_is_decided(
        self, browser: Browser, published: Published
    ) -> None:
        page = await browser.open("/my/organisations")
        form = {"form_token": token_in(page.text)}

        first, again = [
            await browser.http.post(path_to("approve", page.text), data=form) for _ in range(2)
        ]

        desk = await browser.open(again.headers["location"])
        assert (first.status_code, again.status_code) == (303, 303)
        assert "Über diese Registrierung ist schon entschieden." in desk.text
        assert [fact.decision for fact in await decided(published)] == [APPROVED]

    @pytest.mark.usefixtures("anna")
    async def test_of_another_organisation_cannot_even_look(
        self,
        browser: Browser,
        published: Published,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        case = path_to("decline", (await browser.open("/my/organisations")).text)
        browser.sign_in(await a_member("Stefan", of=await an_organisation("Fremde GmbH")))

        look = await browser.open(case)
        decline = await browser.send(case, form_page="/my/tokens")

        assert (look.status_code, decline.status_code) == (409, 409)
        assert "Tom Ude" not in look.text
        assert await decided(published) == []


class TestOrganisationWithoutDomain:
    """One that registered itself: the directory knows neither its website nor a domain."""

    @pytest.mark.parametrize(("email", "asked"), [(FORM["email"], True), ("tom@web.de", False)])
    async def test_lets_in_by_a_member_s_word_whoever_has_an_address_at_their_domain(
        self,
        *,
        browser: Browser,
        published: Published,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        a_member: AMember,
        email: str,
        asked: bool,
    ) -> None:
        known = await an_organisation(FORM["organisation_name"])
        anna = await a_member("Anna", email=email.replace("tom@", "anna@"), of=known)
        await register(browser, published, mint_link, email=email)

        page = await browser.sign_in(anna).open("/my/organisations")

        assert ("Tom Ude" in page.text) is asked
