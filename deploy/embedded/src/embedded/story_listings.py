"""Steps 1 and 2: the directory is imported; one member uses the form, another the JSON API."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from embedded.demo_visitor import Visitor
from embedded.story import Story, verify, wait_for
from embedded.story_sample import SAMPLE, write_rows

_NO_POSTCODE = "99999"


def import_sample(story: Story) -> None:
    """The files are taken in whole; a second time nothing changes."""
    organisations = ("import", "organisations", SAMPLE / "organisations.csv")
    story.exchange.run("listings", *organisations, shows_progress=True)
    again = story.exchange.run("listings", *organisations).stdout
    verify("0 new, 0 changed" in again, f"a repeated import changes nothing: {again}")
    members = SAMPLE / "members.csv"
    story.exchange.run("listings", "import", "members", members, shows_progress=True)
    with tempfile.TemporaryDirectory() as folder:
        file = write_rows(story.sample.imported, Path(folder) / "listings.csv")
        publishing = ("import", "listings", file, "--publish")
        story.exchange.run("listings", *publishing, shows_progress=True)
    visible = [row for row in story.sample.imported if row["visibility"] != "cluster"]
    total = httpx.get(f"{story.exchange.origin}/api/v1/listings", trust_env=False).json()["total"]
    verify(total == len(visible), f"{len(visible)} listings are visible to visitors, not {total}")


def post_both(story: Story) -> None:
    """An offer through the form, a request through the API; both are released by a moderator."""
    offer_id = _offer_by_form(story)
    request_id = _request_by_api(story)
    story.listing_ids = {"offer": offer_id, "request": request_id}
    with story.member(story.sample.moderator) as moderator:
        for listing_id in (offer_id, request_id):
            _release(moderator, listing_id)
    for listing_id in (offer_id, request_id):
        story.record("listing.created", lambda record, key=listing_id: record.key == key)  # type: ignore[misc]
    with story.visitor() as visitor:
        visitor.open(f"/listings/{offer_id}")


def _offer_by_form(story: Story) -> str:
    offer = story.sample.offer
    typed = {
        name: offer[name]
        for name in ("cooperation", "category", "title", "description", "quantity", "unit")
    } | {
        "kind": "offer",
        "tags": ", ".join(offer["tags"].split("|")),
        "minimum_quantity": offer["minimum_quantity"],
        "area": "nationwide",
        "visibility": "public",
        "language": "de",
    }
    with story.member(story.sample.author(offer)) as member:
        form = member.open("/listings/new?kind=offer")
        wrong = typed | {"postcode": _NO_POSTCODE}
        refused = member.press(form, "Prüfen lassen", wrong, expected=422)
        verify("Diese Postleitzahl gibt es nicht." in refused.text, "a wrong postcode is named")
        own = member.press(refused, "Prüfen lassen", typed | {"postcode": offer["postcode"]})
        verify("Ihr Eintrag wird geprüft" in own.text, "the first offer waits for the moderators")
        listing_id = own.url.path.rpartition("/")[2]
    with story.visitor() as visitor:
        visitor.open(f"/listings/{listing_id}", expected=404)
    return listing_id


def _request_by_api(story: Story) -> str:
    request = story.sample.request
    email = story.sample.author(request)["email"]
    story.token = story.exchange.run(
        "listings", "token", "create", email, "--label", "demo"
    ).stdout.strip()
    first, again = (_posted(story) for _ in range(2))
    verify(first.status_code == httpx.codes.CREATED, f"the request is accepted: {first.text}")
    verify(first.json() == again.json(), "the same Idempotency-Key gives the same answer")
    listing_id: str = first.json()["id"]
    return listing_id


def _posted(story: Story) -> httpx.Response:
    request = story.sample.request
    needed_by = datetime.now(UTC) + timedelta(days=int(request["needed_by_days"]))
    return httpx.post(
        f"{story.exchange.origin}/api/v1/listings",
        headers={
            "Authorization": f"Bearer {story.token}",
            "Idempotency-Key": "demo-request",
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
    )


def _release(moderator: Visitor, listing_id: str) -> None:
    queue = moderator.open("/moderation")
    verify(listing_id in queue.text, "what was posted is in the moderators' queue")
    moderator.press(moderator.open(f"/moderation/{listing_id}"), "Freigeben")
    wait_for(
        lambda: True if listing_id not in moderator.open("/moderation").text else None,
        "an empty queue",
    )
