"""The life of a question as a table, and which answers end the asking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from schemas.vocabulary import NothingReason, Outcome
from surveys.outcomes.question import (
    ANSWER_DAYS,
    FOLLOWED_FOR,
    SHORTEST_TO_ANSWER,
    GivenAnswer,
    MissingReason,
    NotAsked,
    Question,
    QuestionClosed,
    Side,
    Stage,
    earliest_next,
    questions_for,
)

ACCEPTED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASKED_AT = ACCEPTED_AT + timedelta(days=7)
CLOSES_AT = ASKED_AT + timedelta(days=ANSWER_DAYS)
TALKED = GivenAnswer(outcome=Outcome.TALKED)
ORDER = GivenAnswer(outcome=Outcome.ORDER)


def side() -> Side:
    return Side(organisation_id=uuid4(), member_id=uuid4(), counterpart_organisation_id=uuid4())


def a_question() -> Question:
    return questions_for(uuid4(), side(), accepted_at=ACCEPTED_AT)[0]


WAITING = a_question()
OPEN = WAITING.asked(at=ASKED_AT, closes_at=CLOSES_AT)
ANSWERED = OPEN.answered(TALKED, at=ASKED_AT)
IN_TIME, TOO_LATE = CLOSES_AT - timedelta(seconds=1), CLOSES_AT


@pytest.mark.parametrize(
    ("question", "now", "stage"),
    [
        (WAITING, TOO_LATE, Stage.WAITING),
        (OPEN, IN_TIME, Stage.OPEN),
        (OPEN, TOO_LATE, Stage.CLOSED),
        (ANSWERED, IN_TIME, Stage.ANSWERED),
        (ANSWERED, TOO_LATE, Stage.CLOSED),
    ],
)
def test_stages(question: Question, now: datetime, stage: Stage) -> None:
    assert question.stage(now) is stage


@pytest.mark.parametrize(
    ("question", "now", "expected"),
    [
        (WAITING, IN_TIME, NotAsked),
        (OPEN, IN_TIME, ORDER),
        (OPEN, TOO_LATE, QuestionClosed),
        (ANSWERED, IN_TIME, ORDER),
        (ANSWERED, TOO_LATE, QuestionClosed),
    ],
)
def test_answering(
    question: Question, now: datetime, expected: GivenAnswer | type[Exception]
) -> None:
    if isinstance(expected, GivenAnswer):
        assert question.answered(ORDER, at=now) == replace(
            question, answer=expected, answered_at=now
        )
    else:
        with pytest.raises(expected):
            question.answered(ORDER, at=now)


def test_the_same_answer_again_changes_nothing() -> None:
    assert ANSWERED.answered(TALKED, at=IN_TIME) is ANSWERED


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        (TALKED, False),
        (GivenAnswer(outcome=Outcome.QUOTE), False),
        (ORDER, True),
        (GivenAnswer(outcome=Outcome.JOINT_PROJECT), True),
        *(
            (GivenAnswer(outcome=Outcome.NOTHING, reason=reason), reason != "no-reply")
            for reason in NothingReason
        ),
    ],
)
def test_which_answers_are_final(answer: GivenAnswer, *, final: bool) -> None:
    assert answer.is_final is final


@pytest.mark.parametrize(
    ("outcome", "reason"), [(Outcome.NOTHING, None), (Outcome.ORDER, NothingReason.PRICE)]
)
def test_a_reason_belongs_to_nothing_alone(outcome: Outcome, reason: NothingReason | None) -> None:
    with pytest.raises(MissingReason):
        GivenAnswer(outcome=outcome, reason=reason)


def test_each_side_is_asked_after_7_30_and_90_days_with_ids_of_its_own() -> None:
    contact, one, other = UUID(int=1), side(), side()

    asked = questions_for(contact, one, accepted_at=ACCEPTED_AT)

    assert [(each.due_at - ACCEPTED_AT).days for each in asked] == [7, 30, 90]
    assert asked == questions_for(contact, one, accepted_at=ACCEPTED_AT)
    others = questions_for(contact, other, accepted_at=ACCEPTED_AT)
    assert len({each.question_id for each in (*asked, *others)}) == 6


BERLIN = ZoneInfo("Europe/Berlin")
FIRST, _, LAST = questions_for(uuid4(), side(), accepted_at=ACCEPTED_AT)


@pytest.mark.parametrize(
    ("question", "asked_after", "closes"),
    [
        (FIRST, timedelta(days=7), "2026-03-29T23:59:59+02:00"),
        (FIRST, timedelta(days=7, hours=11), "2026-03-30T23:59:59+02:00"),
        (FIRST, timedelta(days=8), "2026-03-30T23:59:59+02:00"),
        (FIRST, timedelta(days=27), "2026-03-30T23:59:59+02:00"),
        (LAST, timedelta(days=90), "2026-06-20T23:59:59+02:00"),
        (LAST, timedelta(days=110), "2026-07-10T23:59:59+02:00"),
    ],
)
def test_closes_with_a_local_day_and_before_the_next(
    question: Question, asked_after: timedelta, closes: str
) -> None:
    closing = question.closing(ACCEPTED_AT + asked_after, BERLIN)

    assert closing == datetime.fromisoformat(closes)
    assert closing.tzinfo is UTC


@pytest.mark.parametrize("accepted_at", [ACCEPTED_AT, datetime(2026, 9, 29, 23, 30, tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland", "America/New_York"])
def test_is_open_long_enough_or_left_to_the_next(accepted_at: datetime, zone: str) -> None:
    question, following, _ = questions_for(uuid4(), side(), accepted_at=accepted_at)
    local = ZoneInfo(zone)

    for hours in range(7 * 24, 30 * 24):
        now = accepted_at + timedelta(hours=hours)
        closing = question.closing(now, local)
        is_asked = following.due_at >= earliest_next(now, local)

        assert closing < following.due_at
        assert is_asked == (closing - now > SHORTEST_TO_ANSWER - timedelta(seconds=1)), hours


@pytest.mark.parametrize("hour", range(24))
def test_a_contact_is_followed_until_its_last_question_is_closed(hour: int) -> None:
    accepted_at = datetime(2026, 6, 14, hour, tzinfo=UTC)
    *_, last = questions_for(uuid4(), side(), accepted_at=accepted_at)

    latest = last.due_at + timedelta(days=ANSWER_DAYS)

    assert last.closing(latest, BERLIN) <= accepted_at + FOLLOWED_FOR
