"""Steps 3 and 4: the pair is proposed with reasons, and both sides get a mail with a link."""

import html
import re
from dataclasses import dataclass
from itertools import islice
from typing import cast

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from embedded.demo_topics import Record
from embedded.demo_visitor import link_in
from embedded.mailbox import CaughtMail
from embedded.story import Story, verify
from embedded.story_sample import Row
from embedded.waiting import wait_until

MATCHING_LIMIT_SECONDS = 600


def titles_of(proposal: Record) -> tuple[str, str]:
    """The titles of the request and of the offer."""
    request, offer = (cast("Row", proposal.data[side]) for side in ("request", "offer"))
    return request["title"], offer["title"]


def await_proposals(story: Story) -> None:
    """Wait until all listings met; the story's own pair must be among the proposals."""
    _watch_matching(story)
    own = (story.sample.request["title"], story.sample.offer["title"])
    pair = story.record("match.proposed", lambda record: titles_of(record) == own)
    reasons = cast("dict[str, object]", pair.data["reasons"])
    verify(reasons["words"] or reasons["same_category"], "the proposal says why")
    story.proposals = story.records("match.proposed")
    pairs = [titles_of(proposal) for proposal in story.proposals]
    verify(len(pairs) == len(set(pairs)), "a pair is proposed once")
    story.fitting = sum(_fits(story, proposal) for proposal in story.proposals)
    for proposal in story.proposals:
        _verify_two_organisations(proposal)


def read_proposal_mails(story: Story) -> None:
    """Each side reads why; opening the link, as scanners do, answers nothing."""
    offer, request = story.sample.offer, story.sample.request
    for own, other in ((offer, request), (request, offer)):
        mail = proposal_mail(story, own, other)
        reasons = reasons_in(mail)
        verify(reasons, f"the mail to {mail.recipients} says why")
        link = link_in(mail, "/matching/proposals/")
        with story.visitor() as scanner:
            for page in (scanner.open(link), scanner.open(link)):
                verify(
                    other["title"] in html.unescape(page.text),
                    "the page shows the other side's listing",
                )
                verify("Interessiert" in page.text, "the page asks for an answer")
    proposal_id = _proposal_of(story, request, offer).key
    answered = [each for each in story.records("match.answered") if each.key == proposal_id]
    verify(not answered, "opening a link answers nothing")


def proposal_mail(story: Story, own: Row, other: Row) -> CaughtMail:
    recipient = story.sample.author(own)
    return story.mail(recipient, "/matching/proposals/", own["title"], other["title"])


def reasons_in(mail: CaughtMail) -> list[str]:
    return re.findall(r"^- (.+)$", mail.text, flags=re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedProposal:
    """A proposal with the reasons that the requesting side read."""

    request: str
    offer: str
    reasons: tuple[str, ...]


def explained_proposals(story: Story, *, at_most: int) -> list[ExplainedProposal]:
    """Some that people judged fitting, the story's own first, each with another request."""
    own = story.sample.request["title"]
    pairs = dict(sorted(titles_of(each) for each in story.proposals if _fits(story, each)))
    found = (
        _explained(story, pair) for pair in sorted(pairs.items(), key=lambda pair: pair[0] != own)
    )
    return list(islice(filter(None, found), at_most))


def _explained(story: Story, pair: tuple[str, str]) -> ExplainedProposal | None:
    request, offer = pair
    reader = story.sample.author(story.sample.titled(request))
    for mail in story.mailbox.mails_to(reader["email"]):
        if all(title in f"{mail.subject}\n{mail.text}" for title in pair):
            return ExplainedProposal(request=request, offer=offer, reasons=tuple(reasons_in(mail)))
    return None


def _fits(story: Story, proposal: Record) -> bool:
    return story.sample.fits(*titles_of(proposal))


def _proposal_of(story: Story, request: Row, offer: Row) -> Record:
    wanted = (request["title"], offer["title"])
    return next(each for each in story.proposals if titles_of(each) == wanted)


def _watch_matching(story: Story) -> None:
    total = len(story.sample.listings)
    with Progress(
        TextColumn("Matching listings"),
        BarColumn(),
        MofNCompleteColumn(),
        console=story.console,
    ) as progress:
        task = progress.add_task("matching", total=total)

        def all_met() -> bool:
            met = _listings_met(story)
            progress.update(task, completed=met)
            return met == total

        wait_until(all_met, limit_seconds=MATCHING_LIMIT_SECONDS, waiting_for="matching")


def _listings_met(story: Story) -> int:
    met = "select (select count(*) from listing) - (select count(*) from match_due)"
    return int(story.exchange.select("matching", met))


def _verify_two_organisations(proposal: Record) -> None:
    request, offer = (cast("Row", proposal.data[side]) for side in ("request", "offer"))
    verify(
        request["organisation_id"] != offer["organisation_id"],
        "nobody is proposed to their own organisation",
    )
