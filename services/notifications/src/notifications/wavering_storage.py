"""Who says something, takes it back and says it again has to stand by it before it is told anew.

The first time each is told at once, so that nobody waits for news; whoever wavers after that causes
one mail a day at most, and what stands in the end is told.
"""

from datetime import timedelta

from chassis.database import Connection
from notifications.contact_letters import CONTACT_REQUESTED, CONTACT_UNREAD
from notifications.mail import MailState, Notice, Unsent
from notifications.search_letters import ENQUIRY_AGREED, ENQUIRY_TAKEN_BACK

STANDS_FOR = timedelta(days=1)

_SAME_ENQUIRY = "before.event ->> 'enquiry_id' = notice.event ->> 'enquiry_id'"
_A_MESSAGE_TAKEN_BACK = (
    "before.event ->> 'listing_id' = notice.event ->> 'listing_id'"
    " and before.event ->> 'requesting_organisation_id'"
    "   = notice.event ->> 'requesting_organisation_id'"
    " and exists (select from ending where ending.id = any(before.ends_with)"
    f"   and ending.because = '{Unsent.CONTACT_WITHDRAWN}')"
)
_SAID_BEFORE = {
    ENQUIRY_AGREED.template: _SAME_ENQUIRY,
    ENQUIRY_TAKEN_BACK.template: _SAME_ENQUIRY,
    CONTACT_REQUESTED.template: _A_MESSAGE_TAKEN_BACK,
    CONTACT_UNREAD.template: _A_MESSAGE_TAKEN_BACK,
}


async def let_stand(connection: Connection, notice: Notice) -> None:
    """Where the same was told before and taken back, its mails wait; they are not late for that."""
    same = _SAID_BEFORE.get(notice.letter.template)
    if same is None:
        return
    await connection.execute(
        "update mail set due_at = greatest(due_at, $2), collected_until = greatest(due_at, $2)"
        " from notice where notice.id = $1 and mail.notice_id = notice.id"
        " and mail.state = 'pending' and mail.expires_at > $2 and exists ("
        "   select from notice before join mail told on told.notice_id = before.id"
        "   where before.subjects @> notice.subjects[1:1]"
        "   and before.template = notice.template"
        f"   and before.id <> notice.id and {same} and told.state = any($3::text[]))",
        notice.id,
        notice.event.occurred_at + STANDS_FOR,
        [MailState.SENDING, MailState.SENT, MailState.HELD],
    )
