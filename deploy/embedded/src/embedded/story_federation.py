"""Step 7: whoever reads the public topics gets CloudEvents about listings and nothing personal."""

import httpx

from embedded.demo_topics import Record
from embedded.story import ANSWER_SECONDS, Story, verify

EVENTS = "public.listing.events"
STATE = "public.listing.state"


def read_public_topics(story: Story) -> None:
    """Both listings are in both topics, and no member is in any record."""
    records = {topic: story.records(topic) for topic in (EVENTS, STATE)}
    for topic, found in records.items():
        for side, listing_id in story.listing_ids.items():
            title = {"offer": story.sample.offer, "request": story.sample.request}[side]["title"]
            verify(_tells(found, listing_id, title), f"{topic} tells the {side}")
        for record in found:
            _verify_cloud_event(record)
    _verify_nothing_personal(story, (*records[EVENTS], *records[STATE]))


def withdraw_request(story: Story) -> None:
    """The member found a partner and says so; subscribers are told to delete their copy."""
    listing_id = story.listing_ids["request"]
    address = f"{story.exchange.origin}/api/v1/listings/{listing_id}"
    headers = {"Authorization": f"Bearer {story.token}"}
    answer = httpx.post(
        f"{address}/withdraw",
        json={"answer": "found-here"},
        headers=headers,
        trust_env=False,
        timeout=ANSWER_SECONDS,
    )
    verify(answer.is_success, f"the request is withdrawn: {answer.text}")
    story.record(STATE, lambda each: each.key == listing_id and each.value is None)
    closed = story.record(EVENTS, lambda each: each.key == listing_id and "closed" in each.type)
    verify(closed.data["reason"] == "fulfilled", "the reason is told")
    gone = httpx.get(address, trust_env=False, timeout=ANSWER_SECONDS).status_code
    verify(gone == httpx.codes.NOT_FOUND, "a visitor does not find it any more")


def _tells(records: tuple[Record, ...], listing_id: str, title: str) -> bool:
    return any(
        record.key == listing_id and title in (record.value or b"").decode() for record in records
    )


def _verify_cloud_event(record: Record) -> None:
    event = record.cloud_event()
    verify(event.get_specversion() == "1.0", "the record is a CloudEvent 1.0")
    verify(event.get_type() == record.type, "its type is told")
    verify(event.get_subject() == record.key, "its subject is the listing")


def _verify_nothing_personal(story: Story, records: tuple[Record, ...]) -> None:
    everything = b"\n".join(record.raw for record in records).decode()
    # A firm may bear its owner's name; that name is the firm's, and public.
    for organisation in story.sample.organisations.values():
        everything = everything.replace(organisation["name"], "")
    told = [
        member["email"]
        for member in story.sample.members.values()
        if member["email"] in everything or member["name"] in everything
    ]
    verify(not told, f"no member is in a public record, but {', '.join(told)}")
