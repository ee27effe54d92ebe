"""An owner's page of one listing: it says what was just done, and a second click is no mistake."""

import asyncio

import pytest
from listing_builders import a_draft, a_listing, as_stored, on, said
from listings_scene import AMember, AnOrganisation, Browser, MintLink, token_in

from chassis.database import Connection
from listings.listing import commands, storage
from listings.listing.freshness import Asked
from listings.listing.listing import Listing
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from schemas.links import LinkPurpose
from schemas.vocabulary import Language, ListingStatus

QUESTION, ANSWER = "Stimmt er noch?", "Ja, er ist noch aktuell"
THANKS = "Danke, das ist gespeichert."


@pytest.fixture
async def trusted(an_organisation: AnOrganisation) -> Organisation:
    return await an_organisation(trusted=True)


@pytest.fixture
async def owner(a_member: AMember, trusted: Organisation) -> Member:
    return await a_member(of=trusted)


@pytest.fixture
async def listing(connection: Connection, trusted: Organisation) -> Listing:
    return await a_listing(connection, trusted)


async def act(browser: Browser, own: str, verb: str, **typed: str) -> str:
    """Press a button of the page and read what it leads to."""
    answer = await browser.send(f"{own}/{verb}", form_page=own, **typed)
    assert answer.status_code == 303, answer.text
    return (await browser.open(answer.headers["location"])).text


class TestTheLinkOfAMail:
    @pytest.mark.parametrize("trusts", [True, False])
    async def test_offers_to_change_the_listing_and_leads_to_sign_in(
        self,
        *,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        mint_link: MintLink,
        trusts: bool,
    ) -> None:
        organisation = await an_organisation(trusted=trusts)
        owner = await a_member(of=organisation)
        listing = await a_listing(connection, organisation)

        page = await browser.open(
            mint_link(LinkPurpose.LISTING, listing.id, owner.id, organisation.id)
        )

        edit = f"/my/listings/{listing.id}/edit"
        assert f'href="{edit}"' in page.text
        asked = await browser.open(edit)
        assert asked.headers["location"].startswith("/sign-in?next=%2Fmy%2Flistings%2F")

    async def test_reads_on_in_the_language_of_the_mail(
        self,
        browser: Browser,
        listing: Listing,
        owner: Member,
        trusted: Organisation,
        mint_link: MintLink,
    ) -> None:
        link = mint_link(LinkPurpose.LISTING, listing.id, owner.id, trusted.id)

        page = await browser.open(link, **{"Accept-Language": "en"})

        assert page.headers["Content-Language"] == owner.language == Language.GERMAN

    async def test_of_an_ended_listing_offers_no_change(
        self,
        browser: Browser,
        listing: Listing,
        owner: Member,
        trusted: Organisation,
        mint_link: MintLink,
    ) -> None:
        link = mint_link(LinkPurpose.LISTING, listing.id, owner.id, trusted.id)

        page = await act(browser, link, "withdraw")

        assert "/edit" not in page


class TestWhatWasDone:
    async def test_a_confirmation_is_thanked_for_and_not_asked_for_again(
        self, browser: Browser, listing: Listing, owner: Member
    ) -> None:
        own = f"/my/listings/{listing.id}"
        browser.sign_in(owner)
        browser.clock.advance(days=20)

        before = (await browser.open(own)).text
        after = await act(browser, own, "confirm")

        assert (QUESTION in before, ANSWER in before) == (True, True)
        assert (QUESTION in after, ANSWER in after) == (False, False)
        assert (
            "Danke, Ihr Eintrag ist bestätigt. Er steht weiter in der Börse; "
            "die nächste Bestätigung brauchen wir bis 22. März 2027." in after
        )

    async def test_every_other_button_is_thanked_for_too(
        self, browser: Browser, connection: Connection, trusted: Organisation, owner: Member
    ) -> None:
        browser.sign_in(owner)
        own = f"/my/listings/{(await a_draft(connection, trusted)).id}"

        submitted = await act(browser, own, "submit")
        paused = await act(browser, own, "pause")
        resumed = await act(browser, own, "resume")
        ended = await act(browser, own, "withdraw", answer="found-elsewhere")

        for page in (submitted, resumed):
            assert "Danke, Ihr Eintrag steht in der Börse." in page
            assert QUESTION not in page
        for page in (paused, ended):
            assert THANKS in page
        for page in (submitted, paused, resumed, ended):
            assert "kern-alert--success" in page

    async def test_what_never_was_published_is_discarded_without_a_question(
        self, browser: Browser, connection: Connection, trusted: Organisation, owner: Member
    ) -> None:
        browser.sign_in(owner)
        own = f"/my/listings/{(await a_draft(connection, trusted)).id}"

        draft = (await browser.open(own)).text
        published = await act(browser, own, "submit")

        asked = "Warum beenden Sie den Eintrag?"
        assert ("Entwurf verwerfen" in draft, asked in draft) == (True, False)
        assert ("Eintrag beenden" in published, asked in published) == (True, True)

    async def test_a_draft_that_waits_for_a_moderator_is_thanked_for(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation()
        draft = await a_draft(connection, organisation)
        browser.sign_in(await a_member(of=organisation))

        page = await act(browser, f"/my/listings/{draft.id}", "submit")

        assert THANKS in page
        assert "Ihr Eintrag wird geprüft" in page

    @pytest.mark.parametrize("done", ["", "paused", "withdrawn", "submitted ", "%3Cb%3E"])
    async def test_what_is_not_so_is_not_said(
        self, browser: Browser, listing: Listing, owner: Member, done: str
    ) -> None:
        browser.sign_in(owner)

        page = await browser.open(f"/my/listings/{listing.id}?done={done}")

        assert page.status_code == 200
        assert QUESTION in page.text
        assert "Danke" not in page.text

    async def test_an_old_address_asks_once_we_asked_again(
        self, browser: Browser, connection: Connection, listing: Listing, owner: Member
    ) -> None:
        browser.sign_in(owner)
        own = f"/my/listings/{listing.id}"
        reminded = listing.reminded(Asked.WEEK_BEFORE, at=browser.clock())
        await storage.save(connection, reminded)

        page = (await browser.open(f"{own}?done=confirmed")).text
        paused = await act(browser, own, "pause")

        assert (QUESTION in page, ANSWER in page) == (True, True)
        assert THANKS in paused


class TestASecondClick:
    async def test_leads_where_the_first_one_led_and_changes_nothing(
        self, browser: Browser, connection: Connection, trusted: Organisation, owner: Member
    ) -> None:
        browser.sign_in(owner)
        own = f"/my/listings/{(await a_draft(connection, trusted)).id}"

        for verb in ("submit", "confirm", "pause", "resume", "withdraw"):
            form = {"form_token": token_in((await browser.open(own)).text)}
            first = await browser.http.post(f"{own}/{verb}", data=form)
            events = await said(connection)
            second = await browser.http.post(f"{own}/{verb}", data=form)

            assert (first.status_code, second.status_code) == (303, 303), verb
            assert second.headers["location"] == first.headers["location"]
            if verb != "confirm":
                assert await said(connection) == events

    async def test_at_the_same_moment_ends_a_listing_once(
        self, browser: Browser, connection: Connection, listing: Listing, owner: Member
    ) -> None:
        own = f"/my/listings/{listing.id}"
        page = await browser.sign_in(owner).open(own)
        form = {"form_token": token_in(page.text), "answer": "found-here"}

        answers = await asyncio.gather(
            *(browser.http.post(f"{own}/withdraw", data=form) for _ in range(2))
        )

        assert [answer.status_code for answer in answers] == [303, 303]
        assert (await said(connection)).count("listing.closed.v1") == 1

    @pytest.mark.parametrize(
        ("first", "second", "thanked"),
        [
            ("found-here", "found-here", True),
            ("found-elsewhere", "found-elsewhere", True),
            ("found-here", "found-elsewhere", False),
            ("", "found-here", False),
        ],
    )
    async def test_with_another_answer_is_not_thanked_for_what_is_not_kept(
        self,
        *,
        browser: Browser,
        listing: Listing,
        owner: Member,
        mint_link: MintLink,
        trusted: Organisation,
        first: str,
        second: str,
        thanked: bool,
    ) -> None:
        here = mint_link(LinkPurpose.LISTING, listing.id, owner.id, trusted.id)
        form = {"form_token": token_in((await browser.open(here)).text)}
        pages = []

        for answer in (first, second):
            typed = {"answer": answer} if answer else {}
            sent = await browser.http.post(f"{here}/withdraw", data=form | typed)
            pages.append((await browser.open(sent.headers["location"])).text)

        assert all("Ihr Eintrag ist beendet" in page for page in pages)
        assert [THANKS in page for page in pages] == [True, thanked]

    @pytest.mark.parametrize("verb", ["pause", "resume", "submit", "confirm"])
    @pytest.mark.parametrize(
        ("language", "said"),
        [
            (
                Language.GERMAN,
                ("Das geht bei diesem Eintrag gerade nicht.", "Ihr Eintrag ist beendet"),
            ),
            (Language.ENGLISH, ("not possible with this listing", "Your listing is closed")),
        ],
    )
    async def test_after_the_end_says_what_stands(
        self,
        *,
        browser: Browser,
        connection: Connection,
        listing: Listing,
        owner: Member,
        mint_link: MintLink,
        trusted: Organisation,
        language: Language,
        said: tuple[str, str],
        verb: str,
    ) -> None:
        here = mint_link(LinkPurpose.LISTING, listing.id, owner.id, trusted.id)
        query = "update member set language = $2 where id = $1"
        await connection.execute(query, owner.id, language)
        form = {"form_token": token_in((await browser.open(here)).text)}
        await browser.http.post(f"{here}/withdraw", data=form)

        refused = await browser.http.post(f"{here}/{verb}", data=form)
        other = await browser.open(f"{here}/{verb}?lang=en")

        assert refused.status_code == 409
        assert all(each in refused.text for each in said)
        assert f'action="{here}' not in refused.text
        assert other.headers["location"] == f"{here}?lang=en"

    @pytest.mark.parametrize("verb", ["pause", "resume", "submit", "confirm"])
    async def test_what_an_ended_listing_no_longer_allows_stays_refused(
        self, browser: Browser, connection: Connection, listing: Listing, owner: Member, verb: str
    ) -> None:
        async with connection.transaction():
            await commands.withdraw_listing(connection, listing.id, None, on())
        browser.sign_in(owner)

        answer = await browser.send(
            f"/my/listings/{listing.id}/{verb}", form_page="/listings/new?kind=offer"
        )

        assert answer.status_code == 409
        assert (await as_stored(connection, listing.id)).status is ListingStatus.CLOSED
