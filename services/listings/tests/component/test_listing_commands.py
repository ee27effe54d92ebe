"""Commands on listings: what is stored, and what the other services and partners are told."""

import asyncio
import json
from datetime import date, timedelta

import pytest
from listing_builders import a_draft, a_listing, as_stored, content, on, said
from listings_scene import NOW, AMember, AnOrganisation, Browser, Published
from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection, Pool
from listings.listing import commands, review, unreachable
from listings.listing.days import DayPassed, NeedPassed, ValidityPassed
from listings.listing.life_cycle import NotPossibleNow
from listings.listing.listing import Listing
from listings.listing.states import listing_states
from schemas.listing import ListingClosed, ListingCreated, ListingRejected, ListingState
from schemas.vocabulary import (
    ClosingAnswer,
    ClosingReason,
    ListingStatus,
    RejectionReason,
    Role,
    Visibility,
)

PUBLISHED = [
    "listing.created.v1",
    "listing.state.v1",
    "public.listing.created.v1",
    "public.listing.state.v1",
]


class TestSubmitting:
    async def test_a_first_listing_waits_and_nothing_is_said(
        self, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        listing = await a_listing(connection, await an_organisation())

        assert (await as_stored(connection, listing.id)).status is ListingStatus.SUBMITTED
        assert await said(connection) == []

    async def test_a_trusted_organisation_publishes_at_once(
        self, connection: Connection, an_organisation: AnOrganisation, published: Published
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True), "Dosierpumpen")

        (created,) = map(ListingCreated.model_validate_json, await published("listing.created"))
        assert await said(connection) == PUBLISHED
        assert (created.listing_id, created.content.title) == (listing.id, "Dosierpumpen")
        assert await as_stored(connection, listing.id) == listing

    @pytest.mark.parametrize(
        ("field", "day", "refusal"),
        [
            ("valid_until", NOW + timedelta(days=5), ValidityPassed),
            ("needed_by", NOW.date(), NeedPassed),
        ],
    )
    async def test_a_draft_whose_day_passed_is_not_published(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        field: str,
        day: date,
        refusal: type[DayPassed],
    ) -> None:
        organisation = await an_organisation(trusted=True)
        draft = await a_draft(connection, organisation, "Dosierpumpen", **{field: day})

        with pytest.raises(refusal):
            await commands.submit_listing(connection, draft.id, on(NOW + timedelta(days=40)))

        assert (await as_stored(connection, draft.id)).status is ListingStatus.DRAFT
        assert await said(connection) == []

    async def test_its_page_names_the_day_and_leads_to_the_form(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        draft = await a_draft(connection, organisation, valid_until=NOW + timedelta(days=1))
        browser.sign_in(await a_member(of=organisation))
        own = f"/my/listings/{draft.id}"
        ready = await browser.open(own)
        browser.clock.advance(days=2)

        late = await browser.send(f"{own}/submit", form_page=own)

        assert f"{own}/submit" in ready.text
        assert late.status_code == 409
        assert "„Gültig bis“ liegt in der Vergangenheit." in late.text
        assert f'href="{own}/edit#field-valid_until"' in late.text
        assert f"{own}/submit" not in late.text

    async def test_a_rollback_leaves_neither_row_nor_event(
        self, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        draft = await a_draft(connection, await an_organisation(trusted=True))

        async def submit_and_fail() -> None:
            async with connection.transaction():
                await commands.submit_listing(connection, draft.id, on())
                raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await submit_and_fail()

        assert (await as_stored(connection, draft.id)).status is ListingStatus.DRAFT
        assert await said(connection) == []


class TestReview:
    async def test_release_publishes_and_trusts_from_now_on(
        self, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        organisation = await an_organisation()
        moderator = await a_member("Mona Moderat", roles=frozenset({Role.MODERATOR}))
        first = await a_listing(connection, organisation)

        async with connection.transaction():
            await review.release_listing(
                connection,
                first.id,
                read=first.revision,
                moderator_id=moderator.id,
                occasion=on(),
            )
        second = await a_listing(connection, organisation, "Zentrifugen")

        ledger = await connection.fetch("select * from moderation_decision")
        assert second.status is ListingStatus.PUBLISHED
        assert [(row["decision"], row["decided_by"]) for row in ledger] == [
            ("released", moderator.id)
        ]

    async def test_rejection_names_reason_rule_and_appeal(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        published: Published,
    ) -> None:
        moderator = await a_member(roles=frozenset({Role.MODERATOR}))
        listing = await a_listing(connection, await an_organisation())

        async with connection.transaction():
            await review.reject_listing(
                connection,
                listing.id,
                RejectionReason.INCOMPLETE,
                read=listing.revision,
                rule="Angaben zur Zulassung fehlen.",
                appeal_to="beschwerde@cluster.example",
                moderator_id=moderator.id,
                occasion=on(),
            )

        (said_so,) = map(ListingRejected.model_validate_json, await published("listing.rejected"))
        assert (await as_stored(connection, listing.id)).status is ListingStatus.REJECTED
        assert said_so.rule == "Angaben zur Zulassung fehlen."
        assert said_so.appeal_to == "beschwerde@cluster.example"

    async def test_a_draft_can_be_neither_released_nor_rejected(
        self, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        moderator = await a_member(roles=frozenset({Role.MODERATOR}))
        draft = await a_draft(connection, await an_organisation())

        with pytest.raises(NotPossibleNow):
            await review.release_listing(
                connection,
                draft.id,
                read=draft.revision,
                moderator_id=moderator.id,
                occasion=on(),
            )

    async def test_an_edit_of_an_untrusted_organisation_waits_and_the_old_text_stays(
        self, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        organisation = await an_organisation(trusted=True)
        moderator = await a_member(roles=frozenset({Role.MODERATOR}))
        listing = await a_listing(connection, organisation, "Dosierpumpen")
        await connection.execute("update organisation set is_trusted = false")

        async with connection.transaction():
            await commands.revise_listing(connection, listing.id, content("Pumpen"), on())
        waiting = await as_stored(connection, listing.id)
        said_before = await said(connection)
        async with connection.transaction():
            await review.release_listing(
                connection,
                listing.id,
                read=waiting.revision,
                moderator_id=moderator.id,
                occasion=on(),
            )

        released = await as_stored(connection, listing.id)
        assert waiting.content.title == "Dosierpumpen"
        assert said_before == [*PUBLISHED, "listing.state.v1", "public.listing.state.v1"]
        assert (released.content.title, released.pending) == ("Pumpen", None)
        assert (await said(connection))[6:] == [
            "listing.updated.v1",
            "listing.state.v1",
            "public.listing.updated.v1",
            "public.listing.state.v1",
        ]


class TestPauseAndEnd:
    async def test_a_pause_is_a_state_to_services_and_a_tombstone_to_partners(
        self, connection: Connection, an_organisation: AnOrganisation, published: Published
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))

        async with connection.transaction():
            await commands.pause_listing(connection, listing.id, on())
        async with connection.transaction():
            await commands.resume_listing(connection, listing.id, on())

        statuses = [
            ListingState.model_validate_json(state).status
            for state in await published("listing.state")
        ]
        assert statuses == ["published", "paused", "published"]
        assert (await said(connection))[4:] == [
            "listing.state.v1",
            "public.listing.closed.v1",
            "public.listing.state.v1 gone",
            "listing.state.v1",
            "public.listing.created.v1",
            "public.listing.state.v1",
        ]

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (ClosingAnswer.FOUND_HERE, ClosingReason.FULFILLED),
            (ClosingAnswer.FOUND_ELSEWHERE, ClosingReason.WITHDRAWN),
            (ClosingAnswer.NO_LONGER_NEEDED, ClosingReason.WITHDRAWN),
            (None, ClosingReason.WITHDRAWN),
        ],
    )
    async def test_withdrawal_leaves_tombstones_and_the_answer(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        published: Published,
        answer: ClosingAnswer | None,
        reason: ClosingReason,
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))

        async with connection.transaction():
            await commands.withdraw_listing(connection, listing.id, answer, on())

        (closed,) = map(ListingClosed.model_validate_json, await published("listing.closed"))
        assert (closed.reason, closed.answer) == (reason, answer)
        assert await connection.fetchval("select answer from closing_answer") == answer
        assert (await said(connection))[4:] == [
            "listing.closed.v1",
            "listing.state.v1 gone",
            "public.listing.closed.v1",
            "public.listing.state.v1 gone",
        ]

    async def test_a_draft_ends_without_a_word(
        self, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        draft = await a_draft(connection, await an_organisation())

        async with connection.transaction():
            await commands.withdraw_listing(
                connection, draft.id, ClosingAnswer.NO_LONGER_NEEDED, on()
            )

        assert await said(connection) == []


class TestVisibility:
    async def test_narrowing_ends_the_listing_and_opens_another(
        self, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))

        async with connection.transaction():
            other = await commands.revise_listing(
                connection, listing.id, content("Pumpen", visibility=Visibility.ANONYMOUS), on()
            )

        old = await as_stored(connection, listing.id)
        assert old.status is ListingStatus.CLOSED
        assert other.id != listing.id
        assert other.replaces == listing.id
        assert other.status is ListingStatus.PUBLISHED

    async def test_widening_keeps_the_id_and_makes_it_public(
        self, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        listing = await a_listing(
            connection, await an_organisation(trusted=True), visibility=Visibility.CLUSTER
        )
        before = await said(connection)

        async with connection.transaction():
            wider = await commands.revise_listing(
                connection, listing.id, content("Dosierpumpen"), on()
            )

        assert before == ["listing.created.v1", "listing.state.v1"]
        assert wider.id == listing.id
        assert (await said(connection))[-2:] == PUBLISHED[2:]


class TestNarrowingInAPause:
    @pytest.fixture
    async def paused(self, connection: Connection, an_organisation: AnOrganisation) -> Listing:
        listing = await a_listing(connection, await an_organisation(trusted=True))
        async with connection.transaction():
            return await commands.pause_listing(connection, listing.id, on())

    async def test_the_successor_pauses_and_is_published_by_its_owner_alone(
        self, connection: Connection, paused: Listing, published: Published
    ) -> None:
        before = await said(connection)

        async with connection.transaction():
            other = await commands.revise_listing(
                connection, paused.id, content("Pumpen", visibility=Visibility.ANONYMOUS), on()
            )
        narrowed = await said(connection)
        async with connection.transaction():
            await commands.confirm_listing(connection, other.id, on())
        confirmed = await said(connection)
        async with connection.transaction():
            resumed = await commands.resume_listing(connection, other.id, on())

        created = map(ListingCreated.model_validate_json, await published("listing.created"))
        assert (other.status, other.replaces) == (ListingStatus.PAUSED, paused.id)
        assert narrowed[len(before) :] == ["listing.closed.v1", "listing.state.v1 gone"]
        assert confirmed == narrowed
        assert resumed.status is ListingStatus.PUBLISHED
        assert (await said(connection))[len(narrowed) :] == PUBLISHED
        assert [each.listing_id for each in created] == [paused.id, other.id]

    async def test_a_successor_names_the_last_listing_that_others_know(
        self, connection: Connection, paused: Listing
    ) -> None:
        async with connection.transaction():
            second = await commands.revise_listing(
                connection, paused.id, content("Pumpen", visibility=Visibility.CLUSTER), on()
            )
            third = await commands.revise_listing(
                connection, second.id, content("Pumpen", visibility=Visibility.ANONYMOUS), on()
            )

        assert third.id != second.id
        assert third.replaces == second.replaces == paused.id

    async def test_nobody_is_told_that_a_successor_ended_of_which_nobody_was_told(
        self, connection: Connection, paused: Listing
    ) -> None:
        async with connection.transaction():
            other = await commands.revise_listing(
                connection, paused.id, content("Pumpen", visibility=Visibility.CLUSTER), on()
            )
        before = await said(connection)

        async with connection.transaction():
            states = [state.listing_id async for state in listing_states(connection)]
            await commands.withdraw_listing(connection, other.id, None, on())

        assert (await as_stored(connection, other.id)).status is ListingStatus.CLOSED
        assert states == []
        assert await said(connection) == before

    async def test_without_trust_the_text_waits_and_a_release_ends_no_pause(
        self, connection: Connection, paused: Listing
    ) -> None:
        await connection.execute("update organisation set is_trusted = false")
        narrower = content("Pumpen", visibility=Visibility.CLUSTER)

        async with connection.transaction():
            other = await commands.revise_listing(connection, paused.id, narrower, on())
        before = await said(connection)
        async with connection.transaction():
            released = await review.release_listing(
                connection, other.id, read=other.revision, moderator_id=uuid7(), occasion=on()
            )

        assert (other.status, other.pending) == (ListingStatus.PAUSED, narrower)
        assert other.content.title == paused.content.title
        assert other.content.visibility is Visibility.CLUSTER
        assert (released.status, released.content) == (ListingStatus.PAUSED, narrower)
        assert await said(connection) == before

    async def test_the_reason_of_the_pause_is_still_the_same(
        self, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        organisation = await an_organisation(trusted=True)
        member = await a_member(of=organisation)
        listing = await a_listing(connection, organisation)
        async with connection.transaction():
            await unreachable.note_bounce(connection, member.id, now=NOW, cause=Cause.new())

        async with connection.transaction():
            other = await commands.revise_listing(
                connection, listing.id, content("Pumpen", visibility=Visibility.CLUSTER), on()
            )
        paused_for_it = await unreachable.pauses(connection, other.id)
        async with connection.transaction():
            confirmed = await commands.confirm_listing(connection, other.id, on())

        assert (other.status, paused_for_it) == (ListingStatus.PAUSED, True)
        assert confirmed.status is ListingStatus.PUBLISHED


class TestTwoWriters:
    async def test_wait_for_each_other_so_that_revisions_follow_commits(
        self, pool: Pool, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))

        async def confirm() -> None:
            async with pool.transaction() as own:
                await commands.confirm_listing(own, listing.id, on())

        async def rename(number: int) -> None:
            async with pool.transaction() as own:
                await commands.revise_listing(own, listing.id, content(f"Pumpe {number}"), on())

        await asyncio.gather(confirm(), *(rename(number) for number in range(6)))

        rows = await connection.fetch(
            "select payload from outbox where topic = 'listing.state' order by seq"
        )
        revisions = [json.loads(row["payload"])["revision"] for row in rows]
        assert revisions == sorted(set(revisions))
        assert (await as_stored(connection, listing.id)).revision == revisions[-1]
