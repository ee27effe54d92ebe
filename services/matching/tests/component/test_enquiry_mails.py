"""Where an enquiry's mail reached nobody, the broker reads so and what to do instead."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from unmet_builders import Unmet, a_pump_maker, approve, unmet

from matching.enquiries.enquiry import SENT_WITHIN
from schemas.mail import MailBounced, MailSent
from schemas.request import EnquiryApproved
from schemas.vocabulary import MailPurpose

BOUNCED = "Unsere E-Mail kam dort nicht an"
NOT_SENT = "Unsere E-Mail ging bisher nicht hinaus"
REMEDY = "Rufen Sie an, oder fragen Sie eine andere Organisation"
WAITS = "noch keine Antwort, Frist bis"
UNANSWERED = "blieb ohne Antwort"


def about(enquiry_id: UUID, *, mail_id: UUID | None = None, revision: int = 1) -> dict[str, Any]:
    return {
        "revision": revision,
        "occurred_at": "2026-03-20T12:00:00Z",
        "mail_id": mail_id or uuid4(),
        "member_id": uuid4(),
        "purpose": MailPurpose.CONTACTS,
        "template": "enquiry_approved",
        "about_id": enquiry_id,
    }


def sent(enquiry_id: UUID, **fields: Any) -> MailSent:
    return MailSent(**about(enquiry_id, **fields))


def bounced(enquiry_id: UUID, **fields: Any) -> MailBounced:
    return MailBounced(**about(enquiry_id, **fields), hard=True, diagnostic="550 unknown user")


async def asked(matching: Any) -> tuple[Unmet, UUID]:
    """A request about which one of two firms was asked; the page and the enquiry."""
    maker = a_pump_maker()
    found = await unmet(matching, maker, a_pump_maker(organisation_name="Pumpen Poel GmbH"))
    await approve(matching, found, maker)
    (fact,) = await matching.published(EnquiryApproved)
    return found, fact.enquiry_id


class TestAMailThatBounced:
    async def test_the_broker_reads_it_and_asks_another_firm(self, matching: Any) -> None:
        found, enquiry_id = await asked(matching)

        await matching.hears(bounced(enquiry_id))

        page = (await matching.http.get(found.path)).text
        assert BOUNCED in page
        assert REMEDY in page
        assert WAITS not in page
        assert "Pumpen Poel GmbH</strong></label>" in page

    async def test_the_list_tells_it_too(self, matching: Any) -> None:
        _, enquiry_id = await asked(matching)
        assert "kam nicht an" not in (await matching.http.get("/matching/unmet")).text

        await matching.hears(bounced(enquiry_id))

        assert "1 Anfrage kam nicht an" in (await matching.http.get("/matching/unmet")).text

    async def test_it_never_counts_as_unanswered(self, matching: Any) -> None:
        found, enquiry_id = await asked(matching)
        await matching.hears(bounced(enquiry_id))

        matching.now += timedelta(days=15)

        page = (await matching.http.get(found.path)).text
        assert BOUNCED in page
        assert UNANSWERED not in page

    async def test_the_firm_may_be_asked_about_other_requests(self, matching: Any) -> None:
        maker = a_pump_maker()
        first = await unmet(matching, maker)
        await approve(matching, first, maker)
        (fact,) = await matching.published(EnquiryApproved)
        await matching.hears(bounced(fact.enquiry_id))

        second = await unmet(matching, maker)

        assert str(maker.organisation_id) in (await matching.http.get(second.path)).text

    async def test_a_colleague_who_was_reached_can_answer(self, matching: Any) -> None:
        found, enquiry_id = await asked(matching)

        await matching.hears(bounced(enquiry_id), sent(enquiry_id))

        page = (await matching.http.get(found.path)).text
        assert BOUNCED not in page
        assert WAITS in page

    @pytest.mark.parametrize(("later", "reached"), [("sent", True), ("bounced", False)])
    async def test_of_one_mail_the_later_word_counts_whichever_came_first(
        self, matching: Any, later: str, *, reached: bool
    ) -> None:
        found, enquiry_id = await asked(matching)
        mail_id = uuid4()
        ends, begins = (sent, bounced) if later == "sent" else (bounced, sent)

        await matching.hears(ends(enquiry_id, mail_id=mail_id, revision=2))
        await matching.hears(begins(enquiry_id, mail_id=mail_id, revision=1))

        assert (BOUNCED in (await matching.http.get(found.path)).text) is not reached

    async def test_redelivery_changes_nothing(self, matching: Any, as_record: Any) -> None:
        _, enquiry_id = await asked(matching)
        record = as_record(bounced(enquiry_id))

        for _ in range(2):
            await matching.receives(record)

        assert await matching.value("select count(*) from enquiry_mail") == 1


class TestAMailThatNeverWent:
    async def test_the_broker_reads_it_after_a_while(self, matching: Any) -> None:
        found, _ = await asked(matching)
        assert NOT_SENT not in (await matching.http.get(found.path)).text

        matching.now += SENT_WITHIN

        page = (await matching.http.get(found.path)).text
        assert NOT_SENT in page
        assert REMEDY in page

    async def test_one_that_went_is_waited_for(self, matching: Any) -> None:
        found, enquiry_id = await asked(matching)
        await matching.hears(sent(enquiry_id))

        matching.now += SENT_WITHIN

        assert WAITS in (await matching.http.get(found.path)).text

    async def test_one_that_went_and_was_not_answered_says_so(self, matching: Any) -> None:
        found, enquiry_id = await asked(matching)
        await matching.hears(sent(enquiry_id))

        matching.now += timedelta(days=15)

        assert UNANSWERED in (await matching.http.get(found.path)).text


class TestOtherMails:
    async def test_mails_about_something_else_leave_nothing(self, matching: Any) -> None:
        await asked(matching)

        await matching.hears(sent(uuid4()), bounced(uuid4()))

        assert await matching.value("select count(*) from enquiry_mail") == 0
