"""What is measured of matching, for whoever watches it: how much waits, and how good it was."""

from chassis.measuring import Figure

FIGURES = (
    Figure(
        name="matching_due",
        says="Listings that wait to be matched",
        query="select count(*) from match_due",
    ),
    Figure(
        name="matching_due_oldest_seconds",
        says="How long the oldest of them waits",
        query="select extract(epoch from clock_timestamp() - min(queued_at)) from match_due",
    ),
    Figure(
        name="proposals",
        says="Proposals that stand, by strength",
        query="select strength, count(*) from proposal where withdrawn_at is null"
        " group by strength",
        labels=("strength",),
    ),
    Figure(
        name="proposal_answers",
        says="Answers to proposals, by strength and answer",
        query="select strength, answer, count(*) from answer join proposal using (proposal_id)"
        " group by strength, answer",
        labels=("strength", "answer"),
    ),
    Figure(
        name="analysis_version_age_seconds",
        says="How long the active analysis version is active",
        query="select extract(epoch from clock_timestamp() - coalesce(activated_at, created_at))"
        " from analysis_version where state = 'active'",
    ),
)
