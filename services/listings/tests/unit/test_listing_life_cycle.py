"""The life cycle as a table, and what never happens whatever people press."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.listing.days import NeedPassed, ValidityPassed
from listings.listing.life_cycle import TRANSITIONS, Act, NotPossibleNow, may, status_after
from listings.listing.listing import Listing, draft_of
from listings.listing.release import released
from listings.listing.visibility import keeps_identity
from schemas.listing import ListingContent
from schemas.place import Category
from schemas.vocabulary import (
    ClosingReason,
    Cooperation,
    Language,
    ListingKind,
    ListingStatus,
    Visibility,
)

S, A = ListingStatus, Act
NOW = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)

EXPECTED = {
    S.DRAFT: {A.SUBMIT: S.SUBMITTED, A.PUBLISH: S.PUBLISHED, A.CLOSE: S.CLOSED},
    S.SUBMITTED: {A.PUBLISH: S.PUBLISHED, A.REJECT: S.REJECTED, A.CLOSE: S.CLOSED},
    S.PUBLISHED: {A.PAUSE: S.PAUSED, A.CLOSE: S.CLOSED},
    S.PAUSED: {A.RESUME: S.PUBLISHED, A.CLOSE: S.CLOSED},
    S.REJECTED: {A.SUBMIT: S.SUBMITTED, A.CLOSE: S.CLOSED},
    S.CLOSED: {},
}


def an_offer(title: str = "Dosierpumpen", visibility: Visibility = Visibility.PUBLIC) -> Listing:
    content = ListingContent(
        kind=ListingKind.OFFER,
        cooperation=Cooperation.PRODUCT,
        title=title,
        description="Schlauchpumpen für Labor und Klinik, ab Lager.",
        category=Category(slug="laboratory", label_de="Labor", label_en="Laboratory"),
        valid_until=NOW + timedelta(days=90),
        language=Language.GERMAN,
        visibility=visibility,
    )
    return draft_of(content, id=uuid4(), organisation_id=uuid4(), member_id=uuid4(), at=NOW)


DO = {
    A.SUBMIT: lambda listing, at: listing.submitted(at=at),
    A.PUBLISH: lambda listing, at: listing.published(at=at),
    A.REJECT: lambda listing, at: listing.rejected(at=at),
    A.PAUSE: lambda listing, at: listing.paused(at=at),
    A.RESUME: lambda listing, at: listing.resumed(at=at),
    A.CLOSE: lambda listing, at: listing.closed(ClosingReason.WITHDRAWN, at=at),
}


class TestLifeCycle:
    @pytest.mark.parametrize("status", list(ListingStatus))
    @pytest.mark.parametrize("act", list(Act))
    def test_every_cell_of_the_table(self, status: ListingStatus, act: Act) -> None:
        following = EXPECTED[status].get(act)

        assert may(status, act) == (following is not None)
        if following is None:
            with pytest.raises(NotPossibleNow):
                status_after(status, act)
        else:
            assert status_after(status, act) is following

    def test_has_no_row_beside_the_expected(self) -> None:
        assert len(TRANSITIONS) == sum(len(acts) for acts in EXPECTED.values())

    @given(st.lists(st.sampled_from(list(Act)), max_size=12))
    def test_whatever_is_pressed_a_listing_ends_once_and_its_revision_rises(
        self, acts: list[Act]
    ) -> None:
        listing = an_offer()
        for number, act in enumerate(acts):
            before = listing
            try:
                listing = DO[act](listing, NOW + timedelta(seconds=number))
            except NotPossibleNow:
                continue
            assert before.status is not S.CLOSED
            assert listing.revision > before.revision
            assert listing.is_live == (listing.status in (S.PUBLISHED, S.PAUSED))
            assert not listing.is_live or listing.freshness is not None
            assert (listing.status is S.CLOSED) == (listing.closing_reason is not None)

    def test_a_revision_rises_even_when_the_clock_stands_still_or_goes_back(self) -> None:
        draft = an_offer()

        submitted = draft.submitted(at=NOW)
        published = submitted.published(at=NOW - timedelta(days=400))

        assert draft.revision < submitted.revision < published.revision

    def test_a_pending_edit_leaves_the_public_text_alone(self) -> None:
        listing = an_offer("Dosierpumpen").published(at=NOW)
        edit = listing.content.model_copy(update={"title": "Schlauchpumpen"})

        proposed = listing.proposed(edit, at=NOW)

        assert proposed.content.title == "Dosierpumpen"
        assert proposed.awaits_moderator
        assert proposed.written(edit, at=NOW).content.title == "Schlauchpumpen"
        assert proposed.edit_refused(at=NOW).pending is None


class TestDaysThatPassed:
    def submitted(self, **days: object) -> Listing:
        """Waits for a moderator since today."""
        draft = an_offer()
        content = draft.content.model_copy(update=days)
        return replace(draft, content=content).submitted(at=NOW)

    @pytest.mark.parametrize(
        ("days", "later", "refusal"),
        [
            ({"valid_until": NOW + timedelta(days=5)}, timedelta(days=6), ValidityPassed),
            ({"needed_by": NOW.date()}, timedelta(days=1), NeedPassed),
        ],
    )
    def test_are_refused_to_whoever_submits(
        self, days: dict[str, object], later: timedelta, refusal: type[Exception]
    ) -> None:
        draft = an_offer()
        draft = replace(draft, content=draft.content.model_copy(update=days))

        assert draft.submitted(at=NOW).status is S.SUBMITTED
        with pytest.raises(refusal):
            draft.submitted(at=NOW + later)

    @pytest.mark.parametrize(
        ("valid_days", "waits_days", "released_until_day"), [(5, 3, 5), (5, 6, 36), (90, 40, 90)]
    )
    def test_in_the_queue_prolong_what_is_released_and_nothing_else(
        self, valid_days: int, waits_days: int, released_until_day: int
    ) -> None:
        until = NOW + timedelta(days=valid_days)
        waiting = self.submitted(valid_until=until)
        edited = an_offer().published(at=NOW)
        edited = edited.proposed(waiting.content, at=NOW)

        for listing in (waiting, edited):
            after = released(listing, at=NOW + timedelta(days=waits_days))

            assert after.is_live
            assert after.pending is None
            assert after.content.valid_until == NOW + timedelta(days=released_until_day)

    def test_of_need_only_the_owner_can_put_off(self) -> None:
        waiting = self.submitted(needed_by=NOW.date())

        assert released(waiting, at=NOW).is_live
        with pytest.raises(NeedPassed):
            released(waiting, at=NOW + timedelta(days=1))


class TestVisibility:
    @pytest.mark.parametrize(
        ("before", "after", "keeps"),
        [
            (Visibility.CLUSTER, Visibility.CLUSTER, True),
            (Visibility.CLUSTER, Visibility.ANONYMOUS, False),
            (Visibility.CLUSTER, Visibility.PUBLIC, True),
            (Visibility.ANONYMOUS, Visibility.CLUSTER, False),
            (Visibility.ANONYMOUS, Visibility.ANONYMOUS, True),
            (Visibility.ANONYMOUS, Visibility.PUBLIC, True),
            (Visibility.PUBLIC, Visibility.CLUSTER, False),
            (Visibility.PUBLIC, Visibility.ANONYMOUS, False),
            (Visibility.PUBLIC, Visibility.PUBLIC, True),
        ],
    )
    def test_only_widening_keeps_the_id(
        self, before: Visibility, after: Visibility, *, keeps: bool
    ) -> None:
        assert keeps_identity(before, after) is keeps

    def test_a_cluster_listing_is_visible_and_never_public(self) -> None:
        listing = an_offer(visibility=Visibility.CLUSTER).published(at=NOW)

        assert listing.is_visible
        assert not listing.is_public
