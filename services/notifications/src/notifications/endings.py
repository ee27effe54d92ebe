"""SQL for what ended, and for the mails that became pointless by it.

A mail and an ending find each other whichever is known first; where both come in the same moment
and see nothing of each other, the sender looks once more.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from chassis.database import Connection
from notifications.mail import MailState, Notice, Unsent
from schemas.request import EnquiryAnswered, EnquiryApproved

_SAID_OF = "subjects @> array[$1, $2]::uuid[] and (event ->> 'enquiry_id')::uuid = $3"


async def record(connection: Connection, ended: UUID, because: Unsent, *, now: datetime) -> None:
    await connection.execute(
        "insert into ending (id, because, since) values ($1, $2, $3) on conflict (id) do nothing",
        ended,
        because,
        now,
    )


async def expire_pointless(connection: Connection, ended: Sequence[UUID], *, now: datetime) -> None:
    """What was handed over already, or may have been, stays as it is.

    So does a digest that still has something else to tell.
    """
    await connection.execute(
        "update mail set state = $2, diagnostic = ending.because, settled_at = $3, claim = null"
        " from notice, ending"
        " where notice.ends_with && $1::uuid[] and ending.id = any(notice.ends_with)"
        " and mail.notice_id = notice.id and mail.state in ('pending', 'claimed')"
        " and not exists (select from mail_item item join notice told on told.id = item.notice_id"
        "   where item.mail_id = mail.id and not exists ("
        "     select from ending other where other.id = any(told.ends_with)))",
        list(ended),
        MailState.EXPIRED,
        now,
    )


async def end_what_was_said(
    connection: Connection, template: str, about: UUID, *, by: UUID, until: datetime
) -> bool:
    """Let something end what one letter said until then; what it says later stands."""
    ended = await connection.fetch(
        "update notice set ends_with = ends_with || $3::uuid"
        " where template = $1 and ends_with @> array[$2]::uuid[] and $3 <> all(ends_with)"
        " and (event ->> 'occurred_at')::timestamptz <= $4 returning id",
        template,
        about,
        by,
        until,
    )
    return bool(ended)


async def keep_wish(connection: Connection, said: EnquiryAnswered) -> UUID:
    """Remember what ends questions to an organisation that wants none; its latest wish counts."""
    wish = _wish_of(said.organisation_id)
    await connection.execute(
        "insert into ending (id, because, since) values ($1, $2, $3)"
        " on conflict (id) do update set since = greatest(ending.since, excluded.since)",
        wish,
        Unsent.NOT_WANTED,
        said.occurred_at,
    )
    return wish


async def wish_since(connection: Connection, asked: EnquiryApproved) -> UUID | None:
    """What ends a question, where the organisation said after its approval that it wants none."""
    wish: UUID | None = await connection.fetchval(
        "select id from ending where id = $1 and since >= $2",
        _wish_of(asked.organisation_id),
        asked.occurred_at,
    )
    return wish


def _wish_of(organisation_id: UUID) -> UUID:
    return uuid5(organisation_id, "asked no more")


async def is_newest(connection: Connection, answer: EnquiryAnswered) -> bool:
    """Whether no later answer to the enquiry came before; this one is remembered by its revision.

    Nothing that is sent ends with it: its time is what counts.
    """
    row = await connection.fetchrow(
        "insert into ending (id, because, since)"
        " values ($1, $2, timestamptz 'epoch' + $3::bigint * interval '1 ms')"
        " on conflict (id) do update set since = excluded.since"
        " where ending.since <= excluded.since returning id",
        uuid5(answer.enquiry_id, "newest answer"),
        Unsent.ENQUIRY_ANSWERED,
        answer.revision,
    )
    return row is not None


async def end_answer(
    connection: Connection, templates: Sequence[str], answer: EnquiryAnswered, *, by: UUID
) -> None:
    """Let something end what these letters said of an enquiry's earlier answers."""
    await connection.execute(
        "update notice set ends_with = ends_with || $4::uuid"
        f" where template = any($5::text[]) and {_SAID_OF}"
        " and (event ->> 'revision')::bigint < $6 and $4 <> all(ends_with)",
        *_enquiry(answer),
        by,
        list(templates),
        answer.revision,
    )


async def last_told(
    connection: Connection, templates: Sequence[str], about: EnquiryAnswered
) -> str | None:
    """Which of these letters was sent last about an enquiry, or will be."""
    template: str | None = await connection.fetchval(
        f"select template from notice where template = any($4::text[]) and {_SAID_OF}"
        " and (not exists (select from ending where id = any(notice.ends_with))"
        "   or exists (select from mail where notice_id = notice.id and state = any($5::text[])))"
        " order by (event ->> 'revision')::bigint desc limit 1",
        *_enquiry(about),
        list(templates),
        [MailState.SENDING, MailState.SENT, MailState.HELD],
    )
    return template


def _enquiry(answer: EnquiryAnswered) -> tuple[UUID, UUID, UUID]:
    return answer.requesting_organisation_id, answer.organisation_id, answer.enquiry_id


async def ending_of(connection: Connection, notice: Notice) -> Unsent | None:
    because: str | None = await connection.fetchval(
        "select because from ending where id = any($1::uuid[]) order by since limit 1",
        list(notice.ends_with),
    )
    return None if because is None else Unsent(because)
