"""A contact gets one answer, or none; an explanation where the reason needs one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.contacts.contact import (
    LAPSES_AFTER,
    NOTICE,
    REMINDED_AFTER,
    AlreadyAnswered,
    Contact,
    ContactStatus,
    ExplanationMissing,
)
from schemas.vocabulary import DeclineReason, Language

NOW = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)
OWNER = uuid4()


def a_contact() -> Contact:
    return Contact(
        id=uuid4(),
        listing_id=uuid4(),
        listing_title="Dosierpumpen",
        listing_language=Language.GERMAN,
        requesting_organisation_id=uuid4(),
        requesting_member_id=uuid4(),
        owning_organisation_id=uuid4(),
        message="Wir brauchen zwölf Pumpen bis März.",
        names_itself=True,
        requested_at=NOW,
        lapses_at=NOW + LAPSES_AFTER,
        revision=1,
    )


ANSWERS = {
    ContactStatus.ACCEPTED: lambda contact, at: contact.accepted(by=OWNER, at=at),
    ContactStatus.DECLINED: lambda contact, at: contact.declined(
        DeclineReason.REGION, "", by=OWNER, at=at
    ),
    ContactStatus.LAPSED: lambda contact, at: contact.lapsed(at=at),
}


class TestContact:
    @given(st.lists(st.sampled_from(list(ANSWERS)), min_size=1, max_size=6))
    def test_the_first_answer_stands(self, answers: list[ContactStatus]) -> None:
        contact = ANSWERS[answers[0]](a_contact(), NOW)

        for later in answers[1:]:
            with pytest.raises(AlreadyAnswered):
                ANSWERS[later](contact, NOW + timedelta(days=1))
        assert contact.status is answers[0]
        assert contact.revision > a_contact().revision

    @pytest.mark.parametrize("explanation", ["", "   ", "\n"])
    def test_another_reason_needs_a_sentence(self, explanation: str) -> None:
        with pytest.raises(ExplanationMissing):
            a_contact().declined(DeclineReason.OTHER, explanation, by=OWNER, at=NOW)

    @pytest.mark.parametrize("reason", [each for each in DeclineReason if each != "other"])
    def test_every_other_reason_speaks_for_itself(self, reason: DeclineReason) -> None:
        assert a_contact().declined(reason, "", by=OWNER, at=NOW).reason is reason


class TestSilence:
    @given(st.lists(st.integers(min_value=0, max_value=2000), min_size=1, max_size=40))
    def test_reminds_at_most_once_and_never_ends_within_a_day_of_it(self, hours: list[int]) -> None:
        contact = a_contact()
        reminders = []

        for now in (NOW + timedelta(hours=each) for each in sorted(hours)):
            if contact.is_reminder_due(now):
                contact = contact.reminded(at=now)
                reminders.append(now)
            if contact.has_lapsed(now):
                assert now >= max(contact.lapses_at, reminders[0] + NOTICE)
                contact = contact.lapsed(at=now)

        assert len(reminders) <= 1
        assert all(each >= NOW + REMINDED_AFTER for each in reminders)
