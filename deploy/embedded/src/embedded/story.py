"""What the steps of the story share: the exchange, the sample, what was seen, and how to verify."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from rich.console import Console

from embedded.demo_topics import Record, records_of
from embedded.demo_visitor import Visitor, link_in
from embedded.mailbox import CaughtMail
from embedded.story_exchange import MailReader, PlayableExchange
from embedded.story_sample import Row, Sample
from embedded.waiting import wait_until

LIMIT_SECONDS = 180
ANSWER_SECONDS = 60

Found = TypeVar("Found")


class StepFailed(AssertionError):
    """A step of the story did not do what it promises."""


def verify(condition: object, promise: str) -> None:
    if not condition:
        raise StepFailed(f"not so: {promise}")


def wait_for(
    find: Callable[[], Found | None], what: str, *, limit_seconds: float = LIMIT_SECONDS
) -> Found:
    """Ask again until something is found; answer it."""
    found: list[Found] = []

    def look() -> bool:
        if (one := find()) is not None:
            found.append(one)
        return bool(found)

    wait_until(look, limit_seconds=limit_seconds, waiting_for=what)
    return found[0]


@dataclass(kw_only=True)
class Story:
    """The story as far as it was told."""

    exchange: PlayableExchange
    sample: Sample
    console: Console
    listing_ids: dict[str, str] = field(default_factory=dict)
    token: str = ""
    proposals: tuple[Record, ...] = ()
    fitting: int = 0
    figures: list[str] = field(default_factory=list)
    contacts: int = 0
    answers: int = 0
    overflowing_id: str = ""
    operator_cookies: httpx.Cookies | None = None

    @property
    def mailbox(self) -> MailReader:
        return self.exchange.mailbox

    def visitor(self) -> Visitor:
        return Visitor(self.exchange.origin)

    def member(self, row: Row) -> Visitor:
        """A browser in which this member is signed in."""
        visitor = self.visitor()
        visitor.sign_in(row["email"], self.mailbox, wait_for)
        return visitor

    def operator(self) -> Visitor:
        """A window of the browser in which the moderator signed in once, in whatever step.

        An address may ask for a few links an hour only, and tests go on where the story ends.
        """
        if self.operator_cookies is not None:
            return Visitor(self.exchange.origin, cookies=self.operator_cookies)
        first = self.member(self.sample.moderator)
        self.operator_cookies = first.cookies
        return first

    def records(self, topic: str) -> tuple[Record, ...]:
        return records_of(self.exchange.kafka_bootstrap, topic)

    def record(self, topic: str, fits: Callable[[Record], bool]) -> Record:
        """Wait for a record of a topic."""
        return wait_for(
            lambda: next((each for each in self.records(topic) if fits(each)), None), topic
        )

    def mail(self, to: Row, path: str, *words: str) -> CaughtMail:
        """Wait for the mail to a member that leads to this path and says these words."""

        def fits(mail: CaughtMail) -> bool:
            said = f"{mail.subject}\n{mail.text}"
            return path in mail.text and all(word in said for word in words)

        def find() -> CaughtMail | None:
            return next(filter(fits, self.mailbox.mails_to(to["email"])), None)

        return wait_for(find, f"mail to {to['email']} about {', '.join(words)}")

    def link(self, to: Row, path: str, *words: str) -> str:
        return link_in(self.mail(to, path, *words), path)
