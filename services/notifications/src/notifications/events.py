"""What this service says: one function a published event."""

from datetime import datetime
from uuid import UUID

from chassis.outbox import Outbox
from notifications.mail import Mail
from schemas.mail import MailBounced, MailSent, SubscriptionChanged
from schemas.vocabulary import Frequency, MailPurpose

DIAGNOSTIC_CHARACTERS = 500

outbox = Outbox(publishes=(MailSent, MailBounced, SubscriptionChanged))


def mail_sent(mail: Mail, *, revision: int, now: datetime) -> MailSent:
    return MailSent(
        revision=revision,
        occurred_at=now,
        mail_id=mail.id,
        member_id=mail.member_id,
        purpose=mail.letter.purpose,
        template=mail.letter.template,
        about_id=mail.notice.event.aggregate_id(),
    )


def mail_bounced(
    mail: Mail, *, hard: bool, diagnostic: str, revision: int, now: datetime
) -> MailBounced:
    return MailBounced(
        revision=revision,
        occurred_at=now,
        mail_id=mail.id,
        member_id=mail.member_id,
        purpose=mail.letter.purpose,
        template=mail.letter.template,
        about_id=mail.notice.event.aggregate_id(),
        hard=hard,
        diagnostic=diagnostic[:DIAGNOSTIC_CHARACTERS],
    )


def subscription_changed(
    member_id: UUID, purpose: MailPurpose, frequency: Frequency, *, revision: int, now: datetime
) -> SubscriptionChanged:
    return SubscriptionChanged(
        revision=revision,
        occurred_at=now,
        member_id=member_id,
        purpose=purpose,
        frequency=frequency,
    )
