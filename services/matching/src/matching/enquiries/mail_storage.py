"""The SQL of what became of the mails that ask, one function a statement."""

from collections.abc import Sequence

from chassis.database import Connection
from schemas.mail import MailFact

# Mails about anything else are none of ours.
_NOTE_MAILS = """
    insert into enquiry_mail (mail_id, enquiry_id, revision, sent, attempt)
    select distinct on (told.mail_id) told.mail_id, told.about_id, told.revision, $4,
        enquiry.attempt
    from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as told (mail_id, about_id, revision)
    join enquiry on enquiry.enquiry_id = told.about_id
    order by told.mail_id, told.revision desc
    on conflict (mail_id) do update set revision = excluded.revision, sent = excluded.sent
    where enquiry_mail.revision < excluded.revision
"""


async def note_mails(connection: Connection, mails: Sequence[MailFact], *, sent: bool) -> None:
    await connection.execute(
        _NOTE_MAILS,
        [each.mail_id for each in mails],
        [each.about_id for each in mails],
        [each.revision for each in mails],
        sent,
    )
