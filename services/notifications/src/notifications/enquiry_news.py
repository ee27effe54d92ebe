"""Who hears of an enquiry's answers: whoever seeks, and brokers where only they can follow it up.

What was said last is not said again, and a no is news only to who was told a yes. The newest answer
counts, in whatever order they come; that of a firm that wavers has to stand first
(``wavering_storage``).
"""

from datetime import datetime
from uuid import uuid5

from chassis.cause import Cause
from chassis.database import Connection
from notifications import commands, endings, storage
from notifications.mail import Unsent
from notifications.search_letters import ENQUIRY_AGREED, ENQUIRY_ANSWERED, ENQUIRY_TAKEN_BACK
from schemas.request import EnquiryAnswered
from schemas.vocabulary import EnquiryAnswer

TO_SEEKERS = (ENQUIRY_AGREED.template, ENQUIRY_TAKEN_BACK.template)
TO_BROKERS = (ENQUIRY_ANSWERED.template,)


async def tell(
    connection: Connection, answer: EnquiryAnswered, *, cause: Cause, now: datetime
) -> None:
    """Keep back what waits to say the opposite; who was told that is told this."""
    await storage.keep_erasures_out(connection)
    if not await endings.is_newest(connection, answer):
        return
    if answer.answer is EnquiryAnswer.NEVER_ASK_AGAIN:
        await commands.ask_no_more(connection, answer, now=now)
    if answer.answer is EnquiryAnswer.YES:
        await _keep_back(connection, [ENQUIRY_TAKEN_BACK.template], answer, now=now)
        if await endings.last_told(connection, TO_SEEKERS, answer) != ENQUIRY_AGREED.template:
            await commands.notify(connection, ENQUIRY_AGREED, answer, cause=cause, now=now)
        if await endings.last_told(connection, TO_BROKERS, answer) is None:
            await commands.notify(connection, ENQUIRY_ANSWERED, answer, cause=cause, now=now)
        return
    await _keep_back(connection, [ENQUIRY_AGREED.template, *TO_BROKERS], answer, now=now)
    if await endings.last_told(connection, TO_SEEKERS, answer) == ENQUIRY_AGREED.template:
        await commands.notify(connection, ENQUIRY_TAKEN_BACK, answer, cause=cause, now=now)


async def _keep_back(
    connection: Connection, templates: list[str], answer: EnquiryAnswered, *, now: datetime
) -> None:
    by = uuid5(answer.enquiry_id, f"answered again {answer.revision}")
    await endings.end_answer(connection, templates, answer, by=by)
    await commands.end(connection, by, Unsent.NOTHING_LEFT, now=now)
