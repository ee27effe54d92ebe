"""The demo: the story of the exchange played on the sample cluster, each step verified outside."""

import time
from collections.abc import Callable, Sequence

from embedded.demo_summary import print_summary
from embedded.story import Story
from embedded.story_contacts import accept_contact, decline_contact, refuse_proposal
from embedded.story_federation import read_public_topics, withdraw_request
from embedded.story_listings import import_sample, post_offer, post_request, release_both
from embedded.story_matching import await_proposals, read_proposal_mails
from embedded.story_outcome import answer_outcomes, ask_outcomes, read_funnel, read_reports
from embedded.story_overflow import ask_partner_clusters, find_request_unmet

Step = Callable[[Story], None]
STEPS: tuple[tuple[str, Step], ...] = (
    ("1 organisations, members and listings are imported", import_sample),
    ("2 an offer is posted by form", post_offer),
    ("2 a request is posted through the API", post_request),
    ("2 a moderator releases both", release_both),
    ("3 listings are matched, the pair is proposed", await_proposals),
    ("4 both sides read why", read_proposal_mails),
    ("5 interest, message, yes: both get names and addresses", accept_contact),
    ("5 another message, declined with a reason", decline_contact),
    ("5 a proposal refused with a reason", refuse_proposal),
    ("6 a week later both sides are asked what came of it", ask_outcomes),
    ("6 both sides answer", answer_outcomes),
    ("6 an operator reads the reports", read_reports),
    ("7 a subscriber reads the public topics", read_public_topics),
    ("7 a withdrawal leaves a tombstone", withdraw_request),
    ("7 the funnel counts what was found here", read_funnel),
    ("8 a day later brokers hear of a request that nobody fits", find_request_unmet),
    ("8 three days later partner clusters are asked, with a deadline", ask_partner_clusters),
)


def play(story: Story, steps: Sequence[tuple[str, Step]] = STEPS) -> bool:
    """Play the steps up to the first that breaks its promise; tell whether none did."""
    for name, step in steps:
        if not _played(story, name, step):
            return False
    print_summary(story)
    return True


def _played(story: Story, name: str, step: Step) -> bool:
    started = time.monotonic()
    try:
        step(story)
    except Exception as failure:
        story.console.print(f"[bold red]FAILED[/] step {name}: {type(failure).__name__}")
        story.console.print(str(failure), markup=False)
        return False
    story.console.print(f"[green]done[/] {name} [dim]({time.monotonic() - started:.1f} s)[/]")
    return True
