"""Steps 1 and 2: the directory is imported; one member uses the form, another the JSON API."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from embedded.demo_visitor import Visitor
from embedded.plain_http import NO_CERTIFICATES
from embedded.story import ANSWER_SECONDS, Story, verify, wait_for
from embedded.story_sample import SAMPLE, Row, write_rows

_NO_POSTCODE = "99999"


def import_sample(story: Story) -> None:
    """The files are taken in whole; a second time nothing changes."""
    organisations = ("import", "organisations", SAMPLE / "organisations.csv")
    story.exchange.run("listings", *organisations, shows_progress=True)
    again = story.exchange.run("listings", *organisations)
    verify("0 new, 0 changed" in again, f"a repeated import changes nothing: {again}")
    members = SAMPLE / "members.csv"
    story.exchange.run("listings", "import", "members", members, shows_progress=True)
    with tempfile.TemporaryDirectory() as folder:
        file = write_rows(story.sample.imported, Path(folder) / "listings.csv")
        publishing = ("import", "listings", file, "--publish")
        story.exchange.run("listings", *publishing, shows_progress=True)
    visible = [row for row in story.sample.imported if row["visibility"] != "cluster"]
    address = f"{story.exchange.origin}/api/v1/listings"
    shown = httpx.get(
        address, trust_env=False, verify=NO_CERTIFICATES, timeout=ANSWER_SECONDS
    ).json()["total"]
    verify(shown == len(visible), f"{len(visible)} listings are visible to visitors, not {shown}")


def post_offer(story: Story) -> None:
    """Through the form, which names what is wrong; the first listing waits for the moderators."""
    offer = story.sample.offer
    with story.member(story.sample.author(offer)) as member:
        form = member.open("/listings/new?kind=offer")
        wrong = _typed(offer) | {"postcode": _NO_POSTCODE}
        refused = member.press(form, "Prüfen lassen", wrong, expected=422)
        verify("Diese Postleitzahl gibt es nicht." in refused.text, "a wrong postcode is named")
        own = member.press(refused, "Prüfen lassen", _typed(offer))
        verify("Ihr Eintrag wird geprüft" in own.text, "the first offer waits for the moderators")
    listing_id = story.listing_ids["offer"] = own.url.path.rpartition("/")[2]
    with story.visitor() as visitor:
        visitor.open(f"/listings/{listing_id}", expected=404)


def post_request(story: Story) -> None:
    """Through the JSON API; sent again with its Idempotency-Key it is answered the same."""
    email = story.sample.author(story.sample.request)["email"]
    story.token = story.exchange.run(
        "listings", "token", "create", email, "--label", "demo"
    ).strip()
    first = send_request(story)
    verify(first.status_code == httpx.codes.CREATED, f"the request is accepted: {first.text}")
    story.listing_ids["request"] = first.json()["id"]
    verify_same_answer(story)


def verify_same_answer(story: Story) -> None:
    again = send_request(story)
    verify(again.status_code == httpx.codes.CREATED, f"a repetition is accepted: {again.text}")
    same = again.json()["id"] == story.listing_ids["request"]
    verify(same, "the same Idempotency-Key gives the same answer")


def release_both(story: Story) -> None:
    """A moderator releases both; from then on everybody sees them."""
    with story.member(story.sample.moderator) as moderator:
        for listing_id in story.listing_ids.values():
            _release(moderator, listing_id)
    for listing_id in story.listing_ids.values():
        story.record("listing.created", lambda record, key=listing_id: record.key == key)  # type: ignore[misc]
        with story.visitor() as visitor:
            visitor.open(f"/listings/{listing_id}")


def _typed(offer: Row) -> dict[str, str]:
    filled_in = ("cooperation", "category", "title", "description", "quantity", "unit")
    return {name: offer[name] for name in (*filled_in, "minimum_quantity", "postcode")} | {
        "kind": "offer",
        "tags": ", ".join(offer["tags"].split("|")),
        "area": "nationwide",
        "visibility": "public",
        "language": "de",
    }


def send_request(
    story: Story, *, key: str = "demo-request", answer_seconds: float = ANSWER_SECONDS
) -> httpx.Response:
    request = story.sample.request
    needed_by = datetime.now(UTC) + timedelta(days=int(request["needed_by_days"]))
    return httpx.post(
        f"{story.exchange.origin}/api/v1/listings",
        headers={
            "Authorization": f"Bearer {story.token}",
            "Idempotency-Key": key,
            "Accept-Language": "de",
        },
        json={
            name: request[name]
            for name in (
                *("kind", "cooperation", "title", "description", "category", "quantity"),
                *("unit", "postcode", "language", "visibility"),
            )
        }
        | {"tags": request["tags"].split("|"), "needed_by": needed_by.date().isoformat()},
        trust_env=False,
        timeout=answer_seconds,
    )


def _release(moderator: Visitor, listing_id: str) -> None:
    queue = moderator.open("/moderation")
    verify(listing_id in queue.text, "what was posted is in the moderators' queue")
    moderator.press(moderator.open(f"/moderation/{listing_id}"), "Freigeben")
    wait_for(
        lambda: True if listing_id not in moderator.open("/moderation").text else None,
        "an empty queue",
    )
