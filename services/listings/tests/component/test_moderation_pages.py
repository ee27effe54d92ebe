"""The moderators' pages: only for them, and each decision does what its button says."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from listing_builders import a_listing, as_stored, content, on, said
from listings_scene import NOW, AMember, AnOrganisation, Browser, token_in

from chassis.database import Connection
from listings.listing import commands, review
from listings.listing.listing import Listing
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from schemas.vocabulary import ListingStatus, RejectionReason, Role

MODERATOR = frozenset({Role.MODERATOR})
RULE = "Angaben zur Zulassung fehlen."
CHANGED = "Der Eintrag ist nicht mehr, wie Sie ihn gelesen haben"
DECISIONS = {"release": {}, "reject": {"reason": "incomplete", "rule": RULE}}


async def press(
    browser: Browser, page: httpx.Response, decision: str, **values: str
) -> httpx.Response:
    """Decide by a button of this page, however old it is."""
    revision = page.text.partition('name="revision" value="')[2].partition('"')[0]
    sent = {"form_token": token_in(page.text), "revision": revision} | DECISIONS[decision] | values
    case = page.url.path.removesuffix("/release").removesuffix("/reject")
    return await browser.http.post(f"{case}/{decision}", data=sent)


class TestModeration:
    async def test_is_closed_to_everybody_else(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation()
        listing = await a_listing(connection, organisation)
        browser.sign_in(await a_member(of=organisation))

        page = await browser.open("/moderation")
        release = await browser.send(f"/moderation/{listing.id}/release", form_page="/listings/new")

        assert (page.status_code, release.status_code) == (403, 403)
        assert (await as_stored(connection, listing.id)).status is ListingStatus.SUBMITTED

    async def test_shows_what_waits_and_releases_it(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        listing = await a_listing(connection, await an_organisation("Warnow GmbH"), "Dosierpumpen")
        browser.sign_in(await a_member(roles=MODERATOR))

        queue = await browser.open("/moderation")
        case = await browser.open(f"/moderation/{listing.id}")
        released = await press(browser, case, "release")
        again = await press(browser, case, "release")

        assert "Dosierpumpen" in queue.text
        assert "Warnow GmbH" in queue.text
        assert released.status_code == again.status_code == 303
        assert again.headers["location"] == released.headers["location"]
        assert (await said(connection)).count("listing.created.v1") == 1
        assert "Alles entschieden" in (await browser.open("/moderation")).text

    async def test_a_rejection_needs_reason_and_rule_and_is_shown_to_the_owner(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation()
        owner = await a_member(of=organisation)
        listing = await a_listing(connection, organisation)
        browser.sign_in(await a_member("Mona Moderat", roles=MODERATOR))
        case = await browser.open(f"/moderation/{listing.id}")

        without = await press(browser, case, "reject", reason="")
        rejected = await press(browser, case, "reject")
        browser.sign_in(owner)
        own = await browser.open(f"/my/listings/{listing.id}")

        assert without.status_code == 422
        assert RULE in without.text
        assert rejected.status_code == 303
        assert await said(connection) == ["listing.rejected.v1"]
        assert RULE in own.text
        assert "beschwerde@cluster.example" in own.text


class TestWhatWasRead:
    """Nobody decides about a text that they did not read."""

    @pytest.fixture
    async def organisation(self, an_organisation: AnOrganisation) -> Organisation:
        return await an_organisation()

    @pytest.fixture
    async def listing(self, connection: Connection, organisation: Organisation) -> Listing:
        return await a_listing(connection, organisation, "Harmlose Dosierpumpen")

    @pytest.fixture
    async def read(self, browser: Browser, a_member: AMember, listing: Listing) -> httpx.Response:
        browser.sign_in(await a_member("Mona Moderat", roles=MODERATOR))
        return await browser.open(f"/moderation/{listing.id}")

    @pytest.mark.parametrize("decision", DECISIONS)
    async def test_is_what_is_decided_about(
        self,
        *,
        browser: Browser,
        connection: Connection,
        organisation: Organisation,
        listing: Listing,
        read: httpx.Response,
        decision: str,
    ) -> None:
        await rewritten(connection, listing.id, "Ganz anderer Text")

        refused = await press(browser, read, decision)
        waiting = await as_stored(connection, listing.id)
        decided = await press(browser, refused, decision)

        assert "Harmlose Dosierpumpen" in read.text
        assert refused.status_code == 409
        assert CHANGED in refused.text
        assert "Ganz anderer Text" in refused.text
        assert waiting.status is ListingStatus.SUBMITTED
        assert decided.status_code == 303
        assert await is_trusted(connection, organisation) is (decision == "release")

    async def test_keeps_what_was_typed_and_is_told_before_other_mistakes(
        self, browser: Browser, connection: Connection, listing: Listing, read: httpx.Response
    ) -> None:
        await rewritten(connection, listing.id, "Ganz anderer Text")

        refused = await press(browser, read, "reject")
        incomplete = await press(browser, read, "reject", reason="")

        assert RULE in refused.text
        assert (incomplete.status_code, CHANGED in incomplete.text) == (409, True)

    async def test_is_not_what_was_refused_and_submitted_anew(
        self, browser: Browser, connection: Connection, listing: Listing, read: httpx.Response
    ) -> None:
        async with connection.transaction():
            await review.reject_listing(
                connection,
                listing.id,
                RejectionReason.INCOMPLETE,
                read=listing.revision,
                rule=RULE,
                appeal_to="beschwerde@cluster.example",
                moderator_id=uuid4(),
                occasion=on(),
            )
            await commands.submit_listing(connection, listing.id, on())

        refused = await press(browser, read, "release")

        assert refused.status_code == 409
        assert RULE in refused.text
        assert (await as_stored(connection, listing.id)).status is ListingStatus.SUBMITTED

    async def test_is_said_by_every_button(
        self, browser: Browser, connection: Connection, listing: Listing, read: httpx.Response
    ) -> None:
        silent = await press(browser, read, "release", revision="")

        assert silent.status_code == 409
        assert (await as_stored(connection, listing.id)).status is ListingStatus.SUBMITTED


class TestASecondClick:
    """Whoever decided already gets the page of the first click, unless it would say otherwise."""

    @pytest.fixture
    async def mona(self, a_member: AMember) -> Member:
        return await a_member("Mona Moderat", roles=MODERATOR)

    @pytest.fixture
    async def case(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        mona: Member,
    ) -> httpx.Response:
        listing = await a_listing(connection, await an_organisation())
        return await browser.sign_in(mona).open(f"/moderation/{listing.id}")

    @pytest.mark.parametrize("decision", DECISIONS)
    async def test_at_the_same_moment_decides_once(
        self, browser: Browser, connection: Connection, case: httpx.Response, decision: str
    ) -> None:
        answers = await asyncio.gather(*(press(browser, case, decision) for _ in range(2)))

        assert [answer.status_code for answer in answers] == [303, 303]
        assert len({answer.headers["location"] for answer in answers}) == 1
        assert await connection.fetchval("select count(*) from moderation_decision") == 1

    @pytest.mark.parametrize(
        ("first", "second", "changes"),
        [
            ("release", "reject", {}),
            ("reject", "release", {}),
            ("reject", "reject", {"reason": "unlawful"}),
            ("reject", "reject", {"rule": "Eine ganz andere Regel gilt."}),
        ],
    )
    async def test_that_decides_otherwise_says_what_stands(
        self,
        *,
        browser: Browser,
        case: httpx.Response,
        first: str,
        second: str,
        changes: dict[str, str],
    ) -> None:
        await press(browser, case, first)

        refused = await press(browser, case, second, **changes)

        assert refused.status_code == 409
        assert "Hier gibt es nichts mehr zu entscheiden." in refused.text
        assert ("freigegeben" if first == "release" else f": {RULE}") in refused.text

    async def test_of_a_colleague_says_that_it_was_decided_before(
        self, browser: Browser, case: httpx.Response, a_member: AMember
    ) -> None:
        await press(browser, case, "release")
        browser.sign_in(await a_member("Moritz Moderat", roles=MODERATOR))

        late = await press(browser, case, "release")

        assert late.status_code == 409
        assert "Hier gibt es nichts mehr zu entscheiden." in late.text

    async def test_about_a_text_that_waits_by_now_decides_nothing(
        self, browser: Browser, connection: Connection, case: httpx.Response
    ) -> None:
        await press(browser, case, "reject")
        listing_id = UUID(case.url.path.rpartition("/")[2])
        async with connection.transaction():
            await commands.submit_listing(connection, listing_id, on())

        late = await press(browser, case, "reject")

        assert (late.status_code, CHANGED in late.text) == (409, True)
        assert (await as_stored(connection, listing_id)).status is ListingStatus.SUBMITTED


class TestADayThatPassed:
    async def test_of_need_is_told_and_cannot_be_released(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation()
        listing = await a_listing(connection, organisation, needed_by=NOW.date())
        browser.sign_in(await a_member(roles=MODERATOR))
        in_time = await browser.open(f"/moderation/{listing.id}")
        browser.clock.advance(days=2)

        too_late = await browser.open(f"/moderation/{listing.id}")
        refused = await press(browser, in_time, "release")
        rejected = await press(browser, refused, "reject")

        assert "Freigeben geht nicht mehr" not in in_time.text
        assert "Freigeben geht nicht mehr" in too_late.text
        assert f"/moderation/{listing.id}/release" not in too_late.text
        assert (refused.status_code, "Freigeben geht nicht mehr" in refused.text) == (409, True)
        assert not await is_trusted(connection, organisation)
        assert rejected.status_code == 303

    async def test_in_the_queue_is_not_the_owners_fault(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        listing = await a_listing(
            connection, await an_organisation(), valid_until=NOW + timedelta(days=1)
        )
        browser.sign_in(await a_member(roles=MODERATOR))
        browser.clock.advance(days=2)

        case = await browser.open(f"/moderation/{listing.id}")
        released = await press(browser, case, "release")

        published = await as_stored(connection, listing.id)
        assert released.status_code == 303
        assert published.content.valid_until == browser.clock() + timedelta(days=30)
        assert published.freshness is not None
        assert published.freshness.confirm_by == published.content.valid_until


async def rewritten(connection: Connection, listing_id: UUID, title: str) -> None:
    async with connection.transaction():
        await commands.revise_listing(connection, listing_id, content(title), on())


async def is_trusted(connection: Connection, organisation: Organisation) -> bool:
    query = "select is_trusted from organisation where id = $1"
    return await connection.fetchval(query, organisation.id) is True
