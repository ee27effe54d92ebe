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
        self._pause_seconds = 0.0

    @property
    def mails(self) -> tuple[CaughtMail, ...]:
        return tuple(self._caught)

    def mails_to(self, address: str) -> tuple[CaughtMail, ...]:
        return tuple(mail for mail in self._caught if address in mail.recipients)

    def refuse(self, address: str, answer: str = "550 5.1.1 no such mailbox") -> None:
        """Answer this to the recipient from now on: 4xx for a temporary error, 5xx for good."""
        self._refusals[address] = answer

    def accept(self, address: str) -> None:
        self._refusals.pop(address, None)

    def answer_after(self, seconds: float) -> None:
        """Be slow: take this long to accept a mail's content."""
        self._pause_seconds = seconds

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: Sequence[str],
    ) -> str:
        if address in self._refusals:
            return self._refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self._pause_seconds)
        mail = CaughtMail(
            id=len(self._caught) + 1,
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            received_at=datetime.now(UTC),
            raw=envelope.original_content or b"",
        )
        self._caught.append(mail)
        return f"250 caught as {mail.id}"
