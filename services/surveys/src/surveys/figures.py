"""What is measured of what came of it, for whoever watches it."""

from chassis.measuring import Figure

FIGURES = (
    Figure(
        name="outcome_questions",
        says="Questions about outcomes: open, answered or closed without an answer",
        query="select case when answered_at is not null then 'answered'"
        " when closes_at < clock_timestamp() then 'closed' else 'open' end, count(*)"
        " from question where asked_at is not null group by 1",
        labels=("state",),
    ),
    Figure(
        name="outcomes",
        says="Answered questions by outcome",
        query="select outcome, count(*) from question where outcome is not null group by outcome",
        labels=("outcome",),
    ),
    Figure(
        name="ledger_facts",
        says="Facts in the ledger by type",
        query="select type, count(*) from ledger group by type",
        labels=("type",),
    ),
)
