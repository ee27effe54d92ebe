"""Step 6: a week later both sides are asked, answer by two taps, and the reports count it.

The funnel is kept for the summary after the request was withdrawn, in step 7.
"""

import re
from datetime import UTC, datetime, timedelta

from embedded.demo_visitor import Visitor
from embedded.story import Story, verify, wait_for
from embedded.story_sample import Row

A_WEEK = timedelta(days=7, hours=1)

Line = dict[str, object]


def ask_outcomes(story: Story) -> None:
    """Only the surveys' clock is moved: to the others it is still today."""
    with story.operator() as operator:
        wait_for(lambda: _counted(operator, "accepted"), "the contact in the surveys' ledger")
    story.exchange.run("surveys", *a_week_later())


def a_week_later() -> tuple[str, ...]:
    """The command that lets the outcome questions fall due."""
    return ("sweep", "--at", (datetime.now(UTC) + A_WEEK).strftime("%Y-%m-%dT%H:%M:%S%z"))


def answer_outcomes(story: Story) -> None:
    """Both sides answer by the link in their mail, with two taps."""
    offer, request = story.sample.offer, story.sample.request
    _answer(story, story.sample.author(request), "order")
    _answer(story, story.sample.author(offer), "nothing", reason="price")
    story.record("outcome.reported", lambda each: each.data["outcome"] == "order")


def read_reports(story: Story) -> None:
    """An operator reads both reports; every share has its numerator and denominator."""
    with story.operator() as operator:
        wait_for(lambda: _counted(operator, "agreed"), "the answer in the funnel")
        for report in ("funnel", "press"):
            page = operator.open(f"/surveys/reports/{report}")
            verify(re.search(r"\d+ von \d+", page.text), f"the report {report} names its bases")


def read_funnel(story: Story) -> None:
    """Once the withdrawal is counted nothing of the story is missing in the funnel."""
    with story.operator() as operator:
        wait_for(lambda: _counted(operator, "found-here"), "the withdrawal in the funnel")
        _keep_figures(story, _lines(operator, "funnel"))


def _answer(story: Story, member: Row, outcome: str, *, reason: str = "") -> None:
    link = story.link(member, "/surveys/outcomes/", "Was ist aus")
    with story.visitor() as visitor:
        page = visitor.open(link)
        verify("Ihre Antwort ist gespeichert" not in page.text, "opening the link answers nothing")
        answered = visitor.tap(page, "outcome", outcome)
        if reason:
            answered = visitor.tap(answered, "reason", reason)
        verify("Ihre Antwort ist gespeichert" in answered.text, "the answer is stored")
    story.answers += 1


def _counted(operator: Visitor, slug: str) -> int | None:
    found = (line["count"] for line in _lines(operator, "funnel") if line["slug"] == slug)
    count = next(found, 0)
    return count if isinstance(count, int) and count else None


def _lines(operator: Visitor, report: str) -> list[Line]:
    page = operator.open(f"/surveys/api/reports/{report}", language="en")
    figures = page.json()["figures"]
    return [line for figure in figures for line in figure["lines"]]


def _keep_figures(story: Story, lines: list[Line]) -> None:
    for line in lines:
        base = "" if line["base"] is None else f" of {line['base']}"
        story.figures.append(f"{line['label']}: {line['count']}{base} {line['unit']}")
