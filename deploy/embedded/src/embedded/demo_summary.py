"""What the demo says at its end: what happened, with bases and reasons, and where to look."""

from collections.abc import Iterator, Sequence

from embedded.story import Story
from embedded.story_matching import ExplainedProposal, explained_proposals
from embedded.story_sample import Row

_EXPLAINED = 5


def print_summary(story: Story) -> None:
    explained = explained_proposals(story, at_most=_EXPLAINED)
    for heading, lines in (
        ("What happened", _what_happened(story)),
        (f"{len(explained)} of the {len(story.proposals)} proposals, and why", _why(explained)),
        ("The funnel, as operators read it", iter(story.figures)),
        ("Look around", _where_to_look(story)),
        ("Sign in", _who_signs_in(story)),
    ):
        story.console.print(f"\n[bold]{heading}[/]")
        for line in lines:
            story.console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)


def _what_happened(story: Story) -> Iterator[str]:
    sample = story.sample
    yield f"{len(sample.organisations)} organisations with {len(sample.members)} members"
    yield f"{len(sample.listings)} listings: 1 by form, 1 by API, the others imported"
    yield (
        f"{len(story.proposals)} proposals, among them {story.fitting} "
        f"of the {len(sample.pairs)} pairs that people judged fitting"
    )
    yield f"{len(story.mailbox.mails)} mails"
    yield f"{story.contacts} contacts: one accepted, one declined with a reason"
    yield f"{story.answers} answers to what came of the accepted one"


def _why(explained: Sequence[ExplainedProposal]) -> Iterator[str]:
    for each in explained:
        yield f"“{each.request}” meets “{each.offer}”"
        yield from (f"  - {reason}" for reason in each.reasons)


def _where_to_look(story: Story) -> Iterator[str]:
    origin = story.exchange.origin
    yield f"The exchange   {origin}"
    yield f"All mails      {story.exchange.mail_url}  (text and HTML; nothing is delivered)"
    yield f"Moderation     {origin}/moderation"
    yield f"Reports        {origin}/surveys/reports"
    yield f"Mail queue     {origin}/notifications/mails"
    yield f"Kafka          {story.exchange.kafka_bootstrap}  (read public.listing.events)"


def _who_signs_in(story: Story) -> Iterator[str]:
    sample = story.sample
    yield f"1. Open {story.exchange.origin}/sign-in and enter one of these addresses:"
    yield f"   {sample.moderator['email']}  moderator, reads the pages above"
    for listing in (sample.offer, sample.request):
        yield f"   {sample.author(listing)['email']}  {_has_posted(listing)}"
    yield f"2. Open the link in the newest mail at {story.exchange.mail_url}."


def _has_posted(listing: Row) -> str:
    return f"posted the {listing['kind']} “{listing['title']}”"
