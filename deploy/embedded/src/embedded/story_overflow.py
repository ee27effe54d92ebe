"""Step 8: nobody here fits a request: brokers hear of it, then partner clusters, as was wished."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from embedded.demo_topics import Record
from embedded.story import Story, verify
from embedded.story_federation import EVENTS

A_DAY = timedelta(hours=25)
THREE_DAYS = timedelta(hours=73)
ASKED = "public.listing.overflowed.v1"


def find_request_unmet(story: Story) -> None:
    """Only matching's clock is moved; partner clusters hear nothing yet."""
    story.overflowing_id = story.record("listing.created", _with_title(story)).key
    story.exchange.run("matching", *_later(A_DAY))
    story.record("request.unmet", lambda each: each.key == story.overflowing_id)
    verify(not _asked(story), "brokers hear of it before partner clusters do")


def ask_partner_clusters(story: Story) -> None:
    """Of all that nobody fits, about the one whose owner wished it; its page takes the answers."""
    request_id = story.overflowing_id
    story.exchange.run("matching", *_later(A_DAY + THREE_DAYS))
    asked = story.record(EVENTS, lambda each: each.type == ASKED)
    verify(asked.cloud_event().get_subject() == request_id, "the right request goes on")
    verify("answer_by" in asked.data, "it has a deadline")
    with story.visitor() as visitor:
        page = visitor.open(f"/listings/{request_id}")
    verify("Gesucht bis" in page.text, "its page says until when it is wanted")
    verify(f"/listings/{request_id}/contact" in page.text, "its page takes answers")
    verify(len(_asked(story)) == 1, "no other request goes on")


def _asked(story: Story) -> list[Record]:
    return [each for each in story.records(EVENTS) if each.type == ASKED]


def _with_title(story: Story) -> Callable[[Record], bool]:
    title = story.sample.overflowing["title"]

    def fits(record: Record) -> bool:
        content = record.data["content"]
        return isinstance(content, dict) and content["title"] == title

    return fits


def _later(by: timedelta) -> tuple[str, ...]:
    return ("sweep", "--at", (datetime.now(UTC) + by).strftime("%Y-%m-%dT%H:%M:%S%z"))
