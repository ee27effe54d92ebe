"""The moderators' pages: only for them, and each decision does what its button says."""

from listing_builders import a_listing, as_stored, said
from listings_scene import AMember, AnOrganisation, Browser

from chassis.database import Connection
from schemas.vocabulary import ListingStatus, Role

MODERATOR = frozenset({Role.MODERATOR})


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
        case = f"/moderation/{listing.id}"
        released = await browser.send(f"{case}/release", form_page=case)
        again = await browser.send(f"{case}/release", form_page="/listings?q=")

        assert "Dosierpumpen" in queue.text
        assert "Warnow GmbH" in queue.text
        assert released.status_code == 303
        assert again.status_code == 409
        assert (await said(connection))[0] == "listing.created.v1"
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
        case = f"/moderation/{listing.id}"
        rule = "Angaben zur Zulassung fehlen."

        without = await browser.send(f"{case}/reject", form_page=case, rule=rule)
        rejected = await browser.send(
            f"{case}/reject", form_page=case, reason="incomplete", rule=rule
        )
        browser.sign_in(owner)
        own = await browser.open(f"/my/listings/{listing.id}")

        assert without.status_code == 422
        assert rule in without.text
        assert rejected.status_code == 303
        assert await said(connection) == ["listing.rejected.v1"]
        assert rule in own.text
        assert "beschwerde@cluster.example" in own.text
