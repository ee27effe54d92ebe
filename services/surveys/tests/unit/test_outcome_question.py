"""The life of a question as a table, and which answers end the asking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from schemas.vocabulary import NothingReason, Outcome
from surveys.outcomes.question import (
    ANSWER_DAYS,
    ASKED_AFTER_DAYS,
    GivenAnswer,
    MissingReason,
    NotAsked,
    Question,
    QuestionClosed,
    Side,
    Stage,
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


def test_only_one_question_is_open_at_a_time() -> None:
    gaps = [later - earlier for earlier, later in pairwise(ASKED_AFTER_DAYS)]

    assert min(gaps) > ANSWER_DAYS
