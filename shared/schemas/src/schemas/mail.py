"""What became of mails, and what members want to receive."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from schemas.event import Fact
from schemas.vocabulary import Frequency, MailPurpose


class MailFact(Fact):
    """Every fact about a mail names its recipient by id, never by address."""

    mail_id: UUID
    member_id: UUID
    purpose: MailPurpose
    template: str = Field(max_length=60)
    about_id: UUID = Field(description="The aggregate of the event that caused the mail.")

    def aggregate_id(self) -> UUID:
        return self.mail_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.member_id,)


class MailSent(MailFact):
    """The mail server took a mail over."""

    name: ClassVar[str] = "mail.sent"
    topic: ClassVar[str] = "mail.sent"


class MailBounced(MailFact):
    """A mail could not be delivered; ``hard`` means never try this address again."""

    name: ClassVar[str] = "mail.bounced"
    topic: ClassVar[str] = "mail.bounced"
    personal: ClassVar[bool] = True
    hard: bool
    diagnostic: str = Field(default="", max_length=500)


class SubscriptionChanged(Fact):
    """A member chose how often to hear about something."""

    name: ClassVar[str] = "subscription.changed"
    topic: ClassVar[str] = "subscription.changed"
    member_id: UUID
    purpose: MailPurpose
    frequency: Frequency

    def aggregate_id(self) -> UUID:
        return self.member_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.member_id,)
