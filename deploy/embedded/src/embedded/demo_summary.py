"""What the demo says at its end: what happened, with bases, and where to look around."""

from embedded.story import Story


def print_summary(story: Story) -> None:
    for line in (*_what_happened(story), "", *_where_to_look(story)):
        story.console.print(line, markup=False, highlight=False, soft_wrap=True)


def _what_happened(story: Story) -> tuple[str, ...]:
    sample, proposed = story.sample, len(story.proposals)
    return (
        "",
        f"{len(sample.organisations)} organisations, {len(sample.members)} members",
        f"{len(sample.listings)} listings",
        f"{proposed} proposals, of which {story.fitting} were judged fitting by hand",
        f"{story.fitting} of the {len(sample.pairs)} pairs that fit were proposed",
        *(f"  {reason}" for reason in story.reasons),
        f"{len(story.mailbox.mails)} mails",
        f"{story.contacts} contacts: one accepted, one declined with a reason",
        f"{story.answers} answers to what came of it",
        *(f"  {figure}" for figure in story.figures),
    )


def _where_to_look(story: Story) -> tuple[str, ...]:
    sample = story.sample
    return (
        f"Exchange         {story.exchange.origin}",
        f"Mails            {story.exchange.mail_url}  (sign-in links arrive here)",
        f"Kafka            {story.exchange.kafka_bootstrap}",
        f"Sign in as       {sample.author(sample.offer)['email']} (offers)",
        f"                 {sample.author(sample.request)['email']} (requests)",
        f"                 {sample.moderator['email']} (moderator)",
    )
