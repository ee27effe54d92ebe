"""Keys are renewed on a running exchange, by the handbook's steps: people notice nothing of it.

Only when the old ones are let go of does what they signed end.
"""

import subprocess
from collections.abc import Iterator
from datetime import date, timedelta

import asyncpg
import httpx
import pytest
from composed import ROOT, SERVICES, ComposedExchange

from embedded.demo_visitor import Visitor, link_in
from embedded.story import Story
from embedded.testing import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

YESTERDAY = str(date.today() - timedelta(days=1))  # noqa: DTZ011 - the operator's day
OWN_PAGES = ("/moderation", "/matching/searches", "/notifications/mails", "/surveys/reports")
"""Of each service one that only who is signed in sees."""

LINKED_PAGES = (
    *("/matching/proposals/", "/contacts/", "/surveys/outcomes/"),
    "/notifications/unsubscribe/proposals/",
)
"""Of each service one that links in mails lead to."""

UNFINISHED = {
    "/listings/new?kind=offer": "Veröffentlichen",
    "/matching/searches": "Suche speichern",
}
"""Forms with their button; half filled in they are accepted and then refused for their fields."""


def renewed(composed: ComposedExchange, name: str) -> Iterator[str]:
    """Each service that starts anew, in the order that is told; the day of old keys is over."""
    said = composed.make_secrets("--rotate", name, "--keep-until", YESTERDAY)
    for reader in said.splitlines()[-1].strip().split(", "):
        composed.compose("restart", reader)
        composed.start(reader)
        yield reader


def let_go(composed: ComposedExchange) -> None:
    assert "Keys ended in: " in composed.make_secrets()
    composed.compose("restart", *SERVICES)
    composed.start(*SERVICES)


def pages_seen_by(person: Visitor) -> list[str]:
    """Where they end who open what is for those who are signed in."""
    return [person.open(path).url.path for path in OWN_PAGES]


def unread(composed: ComposedExchange) -> list[str]:
    """What `make doctor` says of containers that run on with what they read before it changed."""
    files = ":".join(str(ROOT / file) for file in composed.files)
    own = {"COMPOSE_PROJECT_NAME": composed.name, "COMPOSE_FILE": files}
    own |= {"COMPOSE_ENV_FILES": str(composed.folder / "env")}
    ended = subprocess.run(  # noqa: S603 - the script under test
        ["/bin/sh", ROOT / "deploy" / "doctor" / "doctor.sh"],
        env=composed.environment | own,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert "✓ Keys are the same for all who hold them." in ended.stdout
    return [line for line in ended.stdout.splitlines() if "was not read since" in line]


def status_of(link: str) -> int:
    return httpx.get(link, trust_env=False, timeout=60).status_code


def old_link(told: Story, path: str) -> str:
    """Of a mail that came before, to a page that still has something to show."""
    mails = (mail for mail in told.mailbox.mails if path in mail.text)
    return next(link for mail in mails if status_of(link := link_in(mail, path)) == httpx.codes.OK)


def demand_new_links(told: Story) -> None:
    """A mail that is sent now leads in."""
    with told.member(told.sample.moderator) as moderator:
        assert pages_seen_by(moderator) == list(OWN_PAGES)


def sent(person: Visitor, half_filled: dict[str, httpx.Response], *, expected: int) -> list[str]:
    """What the pages say to forms that were opened before."""
    return [
        person.press(page, UNFINISHED[path], expected=expected).text
        for path, page in half_filled.items()
    ]


def test_who_is_signed_in_stays_so_until_the_old_key_is_let_go_of(
    composed: ComposedExchange, told: Story
) -> None:
    moderator = told.sample.moderator
    with told.member(moderator) as before:
        for reader in renewed(composed, "session"):
            assert pages_seen_by(before) == list(OWN_PAGES), reader
        with told.member(moderator) as after:
            assert pages_seen_by(after) == list(OWN_PAGES)

            let_go(composed)

            assert set(pages_seen_by(before)) == {"/sign-in"}
            assert pages_seen_by(after) == list(OWN_PAGES)


def test_links_of_old_mails_open_until_the_old_key_is_let_go_of(
    composed: ComposedExchange, told: Story
) -> None:
    old = [old_link(told, path) for path in LINKED_PAGES]

    for reader in renewed(composed, "links"):
        assert set(map(status_of, old)) == {200}, reader
    demand_new_links(told)
    let_go(composed)

    assert set(map(status_of, old)) <= {404, 410}
    demand_new_links(told)


def test_a_half_filled_form_is_accepted_until_the_old_key_is_let_go_of(
    composed: ComposedExchange, told: Story
) -> None:
    with told.member(told.sample.author(told.sample.offer)) as person:
        half_filled = {path: person.open(path) for path in UNFINISHED}

        for _ in renewed(composed, "forms"):
            sent(person, half_filled, expected=422)
        let_go(composed)

        for said in sent(person, half_filled, expected=403):
            assert "Laden Sie die Seite mit dem Formular neu" in said
        sent(person, {path: person.open(path) for path in UNFINISHED}, expected=422)


async def test_a_password_of_the_database_is_renewed_by_the_handbooks_steps(
    composed: ComposedExchange,
) -> None:
    before = composed.database_url("surveys")

    composed.make_secrets("--rotate", "surveys_database_url")
    assert [said.split()[-1] for said in unread(composed)] == ["databases", "surveys"]
    composed.compose("up", "--detach", "databases")
    await eventually(lambda: _opens(composed.database_url("surveys")), timeout=120)
    composed.compose("restart", "surveys")
    composed.start("surveys")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(before)
    assert unread(composed) == []


async def _opens(database_url: str) -> bool:
    try:
        connection = await asyncpg.connect(database_url)
    except asyncpg.InvalidPasswordError:
        return False
    await connection.close()
    return True


def test_what_a_container_did_not_read_is_read_after_the_command_that_is_named(
    composed: ComposedExchange,
) -> None:
    composed.make_secrets("--rotate", "certificate")
    (ROOT / "deploy" / "gateway" / "Caddyfile").touch()

    named = [said.partition("docker compose ")[2].split() for said in unread(composed)]
    for command in named:
        composed.compose(*command)

    assert [command[-1] for command in named] == ["kafka", "gateway"]
    assert unread(composed) == []
