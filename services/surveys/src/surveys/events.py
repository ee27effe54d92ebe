"""What this service says: one function a published event."""

from datetime import datetime

from chassis.outbox import Outbox
from schemas.outcome import OutcomeAsked, OutcomeReported
from surveys.outcomes.question import GivenAnswer, Question

outbox = Outbox(publishes=(OutcomeAsked, OutcomeReported))


def outcome_asked(
    question: Question, *, listing_title: str, revision: int, at: datetime
) -> OutcomeAsked:
    assert question.closes_at is not None  # noqa: S101 - what was asked closes at a time
    return OutcomeAsked(
        revision=revision,
        occurred_at=at,
        question_id=question.question_id,
        contact_id=question.contact_id,
        organisation_id=question.organisation_id,
        after_days=question.after_days,
        member_id=question.member_id,
        listing_title=listing_title,
        counterpart_organisation_id=question.counterpart_organisation_id,
        closes_at=question.closes_at,
    )


def outcome_reported(
    question: Question, answer: GivenAnswer, *, revision: int, at: datetime
) -> OutcomeReported:
    return OutcomeReported(
        revision=revision,
        occurred_at=at,
        question_id=question.question_id,
        contact_id=question.contact_id,
        organisation_id=question.organisation_id,
        after_days=question.after_days,
        outcome=answer.outcome,
        reason=answer.reason,
        final=answer.is_final,
    )
