"""A message on the wire: multipart/alternative, text first, with headers that machines respect."""

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from notifications.composing import Links, Message
from notifications.mail import Recipient, wire_address

UNFOLDED = frozenset({"list-unsubscribe", "list-unsubscribe-post", "message-id"})


class _Policy(EmailPolicy):
    """Keeps some headers on one line: mail providers read one-click headers only so.

    The subject is encoded whole: the library's own folding loses spaces between encoded words.
    """

    def fold(self, name: str, value: str) -> str:
        if name.lower() in UNFOLDED:
            return f"{name}: {value}\r\n"
        if name.lower() == "subject":
            charset = "us-ascii" if value.isascii() else "utf-8"
            encoded = Header(str(value), charset, header_name=name).encode(linesep="\r\n")
            return f"{name}: {encoded}\r\n"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in UNFOLDED | {"subject"}:
            return self.fold(name, value).encode("ascii")
        folded: bytes = super().fold_binary(name, value)
        return folded


POLICY = _Policy(linesep=SMTP.linesep, max_line_length=76, cte_type="7bit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who mails are from, and where answers and bounces go."""

    name: str
    address: str
    reply_to: str | None
    bounce_address: str | None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]

    def envelope_address(self, mail_hex: str) -> str:
        """The bounce address names the mail (VERP), so that a bounce finds its cause."""
        if self.bounce_address is None:
            return self.address
        local, _, domain = self.bounce_address.rpartition("@")
        return f"{local}+{mail_hex}@{domain}"


def wire_form(
    message: Message,
    recipient: Recipient,
    *,
    sender: Sender,
    links: Links,
    message_id: str,
    now: datetime,
) -> bytes:
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=wire_address(recipient.email))
    if sender.reply_to is not None:
        mail["Reply-To"] = Address(addr_spec=sender.reply_to)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    if links.unsubscribe or links.stop:
        mail["List-Unsubscribe"] = f"<{links.unsubscribe or links.stop}>"
    if links.unsubscribe:
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    # Setting the content drops every header that begins with "Content-".
    mail["Content-Language"] = ", ".join(recipient.languages)
    return mail.as_bytes()
