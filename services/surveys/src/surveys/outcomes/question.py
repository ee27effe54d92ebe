"""A question about what came of a contact; pure rules: when it is asked, answered and over."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from schemas.vocabulary import NothingReason, Outcome

ASKED_AFTER_DAYS = (7, 30, 90)
ANSWER_DAYS = 21
SHORTEST_TO_ANSWER = timedelta(days=2)
"""A question that could not be open for so long is left to the next one."""
LAST_SECOND = time(23, 59, 59)

FOLLOWED_FOR = timedelta(days=ASKED_AFTER_DAYS[-1] + 2 * ANSWER_DAYS + 2)
"""The last question may be asked late by as long as it then stays open, until the end of a day.

One day more would do, but in autumn a day has 25 hours.
"""

FINAL_OUTCOMES = frozenset({Outcome.ORDER, Outcome.JOINT_PROJECT})


class NotAsked(Exception):
    """The question was not asked yet."""


class QuestionClosed(Exception):
    """The time to answer or to correct is over."""


class MissingReason(ValueError):
    """Nothing came of it, and why is not said."""


class Stage(StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What came of a contact; why, where nothing did."""

    outcome: Outcome
    reason: NothingReason | None = None

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.NOTHING) != (self.reason is not None):
            raise MissingReason

    @property
    def is_final(self) -> bool:
        """Whether asking again makes no sense.

        Talks and quotes can still become an order, and who has not replied yet still may.
        """
        if self.outcome is Outcome.NOTHING:
            return self.reason is not NothingReason.NO_REPLY
        return self.outcome in FINAL_OUTCOMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One side of a contact, asked once after ``after_days``."""

    question_id: UUID
    contact_id: UUID
    organisation_id: UUID
    member_id: UUID
    counterpart_organisation_id: UUID
    after_days: int
    due_at: datetime
    asked_at: datetime | None = None
    closes_at: datetime | None = None
    answer: GivenAnswer | None = None
    answered_at: datetime | None = None

    @property
    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id, self.member_id, self.counterpart_organisation_id)

    def is_for(self, member_id: UUID, acts_for: Collection[UUID] | None) -> bool:
        """Whether a member may answer: for who left, a colleague does.

        Of a member who is not known here yet only the link says so, to who was asked.
        """
        if acts_for is None:
            return member_id == self.member_id
        return self.organisation_id in acts_for

    def stage(self, now: datetime) -> Stage:
        if self.closes_at is None:
            return Stage.WAITING
        if now >= self.closes_at:
            return Stage.CLOSED
        return Stage.OPEN if self.answer is None else Stage.ANSWERED

    @property
    def next_due_at(self) -> datetime | None:
        """When this side is asked again; None after the last question."""
        later = [days for days in ASKED_AFTER_DAYS if days > self.after_days]
        return self.due_at + timedelta(days=later[0] - self.after_days) if later else None

    def closing(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The end of the last day to answer, if it is asked now: only one is open at a time."""
        last_day = (now + timedelta(days=ANSWER_DAYS)).astimezone(zone).date()
        if self.next_due_at is not None:
            day_before = self.next_due_at.astimezone(zone).date() - timedelta(days=1)
            last_day = min(last_day, day_before)
        return datetime.combine(last_day, LAST_SECOND, zone).astimezone(now.tzinfo)

    def asked(self, *, at: datetime, closes_at: datetime) -> "Question":
        return replace(self, asked_at=at, closes_at=closes_at)

    def answered(self, answer: GivenAnswer, *, at: datetime) -> "Question":
        """The question with this answer; itself where it was given already."""
        stage = self.stage(at)
        if stage is Stage.WAITING:
            raise NotAsked(self.question_id)
        if stage is Stage.CLOSED:
            raise QuestionClosed(self.question_id)
        if answer == self.answer:
            return self
        return replace(self, answer=answer, answered_at=at)


def earliest_next(now: datetime, zone: ZoneInfo) -> datetime:
    """Who is asked again before then would have too little time to answer an earlier question."""
    last_day_too_short = (now + SHORTEST_TO_ANSWER).astimezone(zone).date()
    return datetime.combine(last_day_too_short + timedelta(days=1), time(), zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Who is asked about a contact, and about whom."""

    organisation_id: UUID
    member_id: UUID
    counterpart_organisation_id: UUID


def questions_for(contact_id: UUID, side: Side, *, accepted_at: datetime) -> tuple[Question, ...]:
    """All questions to one side; the same contact always gives the same questions."""
    return tuple(
        Question(
            question_id=uuid5(contact_id, f"{side.organisation_id} {days}"),
            contact_id=contact_id,
            organisation_id=side.organisation_id,
            member_id=side.member_id,
            counterpart_organisation_id=side.counterpart_organisation_id,
            after_days=days,
            due_at=accepted_at + timedelta(days=days),
        )
        for days in ASKED_AFTER_DAYS
    )
