"""What the story needs of an exchange: the embedded one and the one on Docker both have it."""

from pathlib import Path
from typing import Protocol

from embedded.mailbox import CaughtMail


class MailReader(Protocol):
    """The mails that were handed to the mail server, in order."""

    @property
    def mails(self) -> tuple[CaughtMail, ...]: ...

    def mails_to(self, address: str) -> tuple[CaughtMail, ...]: ...


class PlayableExchange(Protocol):
    """A running exchange as an operator has it: an origin, its servers, its command lines."""

    @property
    def origin(self) -> str: ...

    @property
    def kafka_bootstrap(self) -> str: ...

    @property
    def mailbox(self) -> MailReader: ...

    @property
    def mail_url(self) -> str: ...

    def run(self, service: str, *arguments: str | Path, shows_progress: bool = False) -> str:
        """Run a command of a service's command line and answer what it prints.

        A `Path` is a file of this machine, wherever the command runs.
        """

    def select(self, service: str, query: str) -> str:
        """What a query in the service's database prints, columns parted by `|`."""
