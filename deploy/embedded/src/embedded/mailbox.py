"""Caught mails, in order and byte for byte, and how the catcher is told to misbehave."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtMail:
    """One accepted mail with its envelope."""

    id: int
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        return str(self.parsed["subject"] or "")

    @property
    def message_id(self) -> str:
        return str(self.parsed["Message-ID"] or "").strip("<> ")

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.parsed.get_body(preferencelist=(kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""


class Mailbox:
    """Keeps what comes in; as an `aiosmtpd` handler it accepts all but what it shall refuse."""

    def __init__(self) -> None:
        self._caught: list[CaughtMail] = []
        self._refusals: dict[str, str] = {}
        self._content_refusals: dict[str, str] = {}
        self._pause_seconds = 0.0
        self._ask_seconds = 0.0
        self._waits: dict[str, float] = {}
        self._spoken_to: list[SMTP] = []

    @property
    def mails(self) -> tuple[CaughtMail, ...]:
        return tuple(self._caught)

    def mails_to(self, address: str) -> tuple[CaughtMail, ...]:
        return tuple(mail for mail in self._caught if address in mail.recipients)

    def refuse(self, address: str, answer: str = "550 5.1.1 no such mailbox") -> None:
        """Answer this to the recipient from now on: 4xx for a temporary error, 5xx for good."""
        self._refusals[address] = answer

    def refuse_content(self, address: str, answer: str = "554 5.6.0 content rejected") -> None:
        """Accept the recipient, and answer this to what is sent to it."""
        self._content_refusals[address] = answer

    def accept(self, address: str) -> None:
        self._refusals.pop(address, None)
        self._content_refusals.pop(address, None)
        self._waits.pop(address, None)

    def keep_waiting(self, address: str, seconds: float) -> None:
        """Take this long to answer to the recipient."""
        self._waits[address] = seconds

    def hang_up(self) -> None:
        """End every session without a word, as servers do with one that is idle for too long."""
        for server in self._spoken_to:
            if server.transport is not None:
                server.loop.call_soon_threadsafe(server.transport.close)
        self._spoken_to.clear()

    def answer_after(self, seconds: float) -> None:
        """Be slow: take this long to accept a mail's content."""
        self._pause_seconds = seconds

    def ask_after(self, seconds: float) -> None:
        """Be slow: take this long to ask for a mail's content."""
        self._ask_seconds = seconds

    async def before_content(self) -> None:
        await asyncio.sleep(self._ask_seconds)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: Sequence[str],
    ) -> str:
        self._spoken_to.append(server)
        await asyncio.sleep(self._waits.get(address, 0))
        if address in self._refusals:
            return self._refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self._pause_seconds)
        for address in envelope.rcpt_tos:
            if address in self._content_refusals:
                return self._content_refusals[address]
        mail = CaughtMail(
            id=len(self._caught) + 1,
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            received_at=datetime.now(UTC),
            raw=envelope.original_content or b"",
        )
        self._caught.append(mail)
        return f"250 caught as {mail.id}"
