"""What the demo says: each step that was done, the one that failed, and where to look at last."""

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from rich.console import Console

from embedded.demo import play
from embedded.demo_summary import print_summary
from embedded.demo_topics import Record
from embedded.mailbox import CaughtMail
from embedded.story import Story, verify
from embedded.story_matching import explained_proposals
from embedded.story_sample import Row, Sample

REASONS = ("Ihr „FFP2“ trifft dort „Atemschutz“.", "Beide stehen unter „Schutzausrüstung“.")


@dataclass(frozen=True)
class Letters:
    """Mails that were sent before."""

    mails: tuple[CaughtMail, ...] = ()

    def mails_to(self, address: str) -> tuple[CaughtMail, ...]:
        return tuple(mail for mail in self.mails if address in mail.recipients)


@dataclass(frozen=True)
class FinishedExchange:
    """An exchange after its story: nothing is run or asked any more."""

    mailbox: Letters
    origin: str = "http://exchange.example"
    kafka_bootstrap: str = "kafka.example:9092"
    mail_url: str = "http://mails.example"

    def run(self, service: str, *_: str | Path, shows_progress: bool = False) -> str:
        raise AssertionError(f"{service} is run, {shows_progress=}")

    def select(self, service: str, query: str) -> str:
        raise AssertionError(f"{service} is asked {query}")


def proposed(request: Row, offer: Row) -> Record:
    value = {"request": {"title": request["title"]}, "offer": {"title": offer["title"]}}
    return Record(key="1", value=json.dumps(value).encode(), headers={})


def mail_about(request: Row, offer: Row, *, to: str) -> CaughtMail:
    mail = EmailMessage()
    mail["Subject"] = f"Passendes Angebot: {offer['title']}"
    reasons = "\n".join(f"- {reason}" for reason in REASONS)
    mail.set_content(f"Für „{request['title']}“:\n{offer['title']}\n\n{reasons}\n")
    return CaughtMail(
        id=1,
        sender="boerse@example.org",
        recipients=(to,),
        received_at=datetime.now(UTC),
        raw=bytes(mail),
    )


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample.read()


@pytest.fixture
def story(sample: Sample) -> Story:
    request, offer = sample.request, sample.offer
    letter = mail_about(request, offer, to=sample.author(request)["email"])
    return Story(
        exchange=FinishedExchange(Letters((letter,))),
        sample=sample,
        console=Console(file=io.StringIO(), width=80),
        proposals=(proposed(offer, request), proposed(request, offer)),
        fitting=1,
        figures=["Published: 149 listings"],
        contacts=2,
        answers=2,
    )


def keeps_its_promise(_: Story) -> None:
    verify(condition=True, promise="the offer waits")


def breaks_its_promise(_: Story) -> None:
    verify(condition=False, promise="the pair is [proposed]")


def said_by(story: Story) -> str:
    assert isinstance(story.console.file, io.StringIO)
    return story.console.file.getvalue()


class TestPlaying:
    def test_a_story_that_was_told_names_each_step_and_sums_up(self, story: Story) -> None:
        told = play(story, [("1 post", keeps_its_promise), ("2 match", keeps_its_promise)])

        assert told
        said = said_by(story)
        assert said.index("done 1 post") < said.index("done 2 match") < said.index("What happened")
        assert "FAILED" not in said

    def test_a_broken_promise_is_told_with_its_step_and_ends_the_story(self, story: Story) -> None:
        steps = [
            ("1 post", keeps_its_promise),
            ("2 match", breaks_its_promise),
            ("3 write", keeps_its_promise),
        ]

        assert not play(story, steps)

        said = said_by(story)
        assert "done 1 post" in said
        assert "FAILED step 2 match: StepFailed\nnot so: the pair is [proposed]" in said
        assert "3 write" not in said
        assert "What happened" not in said


class TestExplainedProposals:
    def test_reasons_are_those_that_the_requesting_side_read(self, story: Story) -> None:
        (explained,) = explained_proposals(story, at_most=5)

        assert explained.request == story.sample.request["title"]
        assert explained.reasons == REASONS

    def test_there_are_no_more_than_asked_for(self, story: Story) -> None:
        assert explained_proposals(story, at_most=0) == []


class TestSummary:
    def test_everything_a_newcomer_needs_is_said(self, story: Story) -> None:
        print_summary(story)

        said = said_by(story)
        sample = story.sample
        for words in (
            f"{len(sample.organisations)} organisations",
            f"1 of the {len(sample.pairs)} pairs",
            "1 of the 2 proposals, and why",
            *REASONS,
            "Published: 149 listings",
            "http://exchange.example/sign-in",
            "http://mails.example",
            sample.moderator["email"],
            sample.author(sample.offer)["email"],
            sample.author(sample.request)["email"],
        ):
            assert words in said
