"""Commands on listings: what is stored, and what the other services and partners are told."""

import asyncio
import json

import pytest
from listing_builders import a_draft, a_listing, as_stored, content, on, said
from listings_scene import AMember, AnOrganisation, Published

from chassis.database import Connection, Pool
from listings.listing import commands, review
from listings.listing.life_cycle import NotPossibleNow
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
                connection, first.id, moderator_id=moderator.id, occasion=on()
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
                connection, draft.id, moderator_id=moderator.id, occasion=on()
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
                connection, listing.id, moderator_id=moderator.id, occasion=on()
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
