"""A member's own data: seen in plain words, corrected by themselves, taken along as a file."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from listing_builders import a_listing, on
from listings_scene import NOW, AMember, AnOrganisation, Browser, Published
from lock_racing import LOCKED

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings.contacts.commands import decline_contact, request_contact
from listings.listing import review
from listings.members import commands
from listings.members.joining import ask_to_join
from listings.members.member import Member
from listings.members.tokens import create_token
from schemas.member import MemberState
from schemas.vocabulary import DeclineReason, Language, Role

HERE = "/my/data"
FILE = "/my/data/file"
ASKED = "Wir suchen zwölf Dosierpumpen bis Ende März."
ANSWERED = "Unsere Pumpen fördern leider nur Wasser."
NAMING_A_MEMBER = (
    "select table_name || '.' || column_name as place from information_schema.columns"
    " where table_schema = 'public'"
    " and (column_name like '%member_id' or column_name like '%\\_by') order by place"
)


@pytest.fixture
async def britta(a_member: AMember, browser: Browser) -> Member:
    """Signed in."""
    britta = await a_member("Britta Sommer")
    browser.sign_in(britta)
    return britta


async def states(published: Published) -> list[MemberState]:
    return list(map(MemberState.model_validate_json, await published("member.state")))


class TestPage:
    async def test_says_what_is_kept_and_where_it_can_be_changed(
        self,
        browser: Browser,
        a_member: AMember,
        an_organisation: AnOrganisation,
        connection: Connection,
    ) -> None:
        britta = await a_member(
            of=await an_organisation("Neuwerk AG"), roles=frozenset({Role.BROKER})
        )
        wanted = await an_organisation("Hygienewerk Rostock GmbH")
        await ask_to_join(connection, britta.id, wanted.id, now=NOW, cause=Cause.new())
        await create_token(connection, britta.id, label="Warenwirtschaft", now=NOW)

        page = await browser.sign_in(britta).open(HERE)

        assert page.headers["Cache-Control"] == "no-store"
        for words in (
            "Britta Sommer",
            "britta.sommer@example.org",
            "Neuwerk AG, seit",
            "Hygienewerk Rostock GmbH, wartet seit 31. Januar 2027 auf eine Zusage",
            "Warenwirtschaft, erstellt am 31. Januar 2027",
            "Vermittlung",
            'href="/my/organisations"',
            'href="/my/tokens"',
            'href="/my/data/file"',
        ):
            assert words in page.text

    async def test_speaks_english(self, browser: Browser, a_member: AMember) -> None:
        browser.sign_in(await a_member())

        page = await browser.open(f"{HERE}?lang=en")

        assert '<h1 class="kern-heading-x-large">My data</h1>' in page.text
        assert "Language of our e-mails" in page.text

    async def test_is_found_from_a_members_other_pages(
        self, browser: Browser, a_member: AMember
    ) -> None:
        browser.sign_in(await a_member())

        pages = [await browser.open(each) for each in ("/my/organisations", "/my/listings")]

        assert all('href="/my/data"' in page.text for page in pages)

    @pytest.mark.parametrize("path", [HERE, FILE])
    async def test_asks_a_visitor_to_sign_in(self, browser: Browser, path: str) -> None:
        answer = await browser.open(path)

        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in?next=")

    async def test_tells_whom_a_list_brought_that_it_may_come_again(
        self, browser: Browser, britta: Member, connection: Connection
    ) -> None:
        registered = await browser.open(HERE)
        await connection.execute("update member set external_id = 'M-1' where id = $1", britta.id)
        imported = await browser.open(HERE)

        said = "Die Betreiber haben Sie aus einer Liste übernommen."
        assert (said in registered.text, said in imported.text) == (False, True)


class TestCorrecting:
    async def test_says_the_new_name_and_language_under_a_higher_revision(
        self, browser: Browser, britta: Member, published: Published
    ) -> None:
        answer = await browser.send(HERE, name=" Britta Sommer-Ott ", language="en")
        after = await browser.open(answer.headers["Location"])

        _, state = await states(published)
        assert (answer.status_code, after.status_code) == (303, 200)
        assert (state.member_name, state.language) == ("Britta Sommer-Ott", Language.ENGLISH)
        assert (state.email, state.organisation_ids) == (britta.email, britta.organisation_ids)
        assert state.sessions_valid_from == britta.sessions_valid_from
        assert state.revision > britta.revision
        assert "Gespeichert." in after.text
        assert 'value="Britta Sommer-Ott"' in after.text

    async def test_saving_what_is_there_says_nothing(
        self, browser: Browser, britta: Member, published: Published
    ) -> None:
        answer = await browser.send(HERE, name=britta.name, language="de")

        assert answer.status_code == 303
        assert len(await states(published)) == 1

    @pytest.mark.usefixtures("britta")
    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"name": "", "language": "de"}, "name"),
            ({"name": "B", "language": "de"}, "name"),
            ({"name": "x" * 201, "language": "de"}, "name"),
            ({"name": "<b>Britta</b>", "language": "de"}, "name"),
            ({"name": "Britta\x07", "language": "de"}, "name"),
            ({"name": "Britta Sommer", "language": "fr"}, "language"),
            ({"name": "Britta Sommer"}, "language"),
        ],
    )
    async def test_what_cannot_be_is_refused_at_its_field(
        self, browser: Browser, published: Published, typed: dict[str, str], field: str
    ) -> None:
        answer = await browser.send(HERE, **typed)

        assert answer.status_code == 422
        assert f'href="#field-{field}"' in answer.text
        assert f'id="field-{field}-error"' in answer.text
        assert len(await states(published)) == 1

    @pytest.mark.usefixtures("britta")
    async def test_a_form_of_another_site_changes_nothing(
        self, browser: Browser, published: Published
    ) -> None:
        await browser.open(HERE)

        answer = await browser.http.post(HERE, data={"name": "Eva Ott", "language": "en"})

        assert answer.status_code == 403
        assert len(await states(published)) == 1

    async def test_whoever_decides_on_a_wish_reads_the_new_name(
        self,
        browser: Browser,
        britta: Member,
        a_member: AMember,
        an_organisation: AnOrganisation,
        connection: Connection,
    ) -> None:
        wanted = await an_organisation()
        await ask_to_join(connection, britta.id, wanted.id, now=NOW, cause=Cause.new())

        await browser.send(HERE, name="Britta Ott", language="de")

        browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))
        desk = await browser.open("/moderation/members")
        assert "Britta Ott" in desk.text
        assert "Britta Sommer" not in desk.text

    async def test_what_changes_at_the_same_time_is_kept(
        self, browser: Browser, britta: Member, pool: Pool, published: Published
    ) -> None:
        async with pool.transaction() as own:
            roles = frozenset({Role.BROKER})
            await commands.set_roles(own, britta.id, roles, now=NOW, cause=Cause.new())
            later = asyncio.create_task(browser.send(HERE, name="Britta Ott", language="de"))
            async with pool.connection() as watching:
                await eventually(lambda: watching.fetchval(LOCKED))
        await later

        state = (await states(published))[-1]
        assert (state.member_name, state.roles) == ("Britta Ott", (Role.MEMBER, Role.BROKER))


@pytest.fixture
async def kept(
    britta: Member,
    a_member: AMember,
    an_organisation: AnOrganisation,
    connection: Connection,
) -> dict[str, str]:
    """Britta and Olaf wrote to each other, and she moderated; the ids that her file names."""
    own = await an_organisation("Neuwerk AG", trusted=True)
    other = await an_organisation("Dosiertechnik Warnow GmbH")
    olaf = await a_member("Olaf Owner", of=other)
    await commands.join_organisation(connection, britta.id, own.id, now=NOW, cause=Cause.new())
    hers, his = await a_listing(connection, own), await a_listing(connection, other)
    await connection.execute("update listing set member_id = $2 where id = $1", hers.id, britta.id)
    await review.release_listing(
        connection, his.id, read=his.revision, moderator_id=britta.id, occasion=on()
    )
    for listing, member, words in ((his, britta, ASKED), (hers, olaf, "Haben Sie noch mehr?")):
        asked = await request_contact(
            connection,
            listing_id=listing.id,
            organisation_id=(own if member is britta else other).id,
            member_id=member.id,
            message=words,
            names_itself=True,
            a_day=20,
            now=NOW,
            cause=Cause.new(),
        )
        await decline_contact(
            connection,
            asked.id,
            DeclineReason.OTHER,
            explanation="Olafs Antwort" if member is britta else ANSWERED,
            member_id=olaf.id if member is britta else britta.id,
            now=NOW,
            cause=Cause.new(),
        )
    return {"own": str(own.id), "hers": str(hers.id), "his": str(his.id)}


async def downloaded(browser: Browser) -> dict[str, Any]:
    answer = await browser.open(FILE)
    assert answer.status_code == 200
    held: dict[str, Any] = answer.json()
    return held


class TestFile:
    async def test_is_stored_nowhere_on_its_way(self, browser: Browser, britta: Member) -> None:
        answer = await browser.open(FILE)

        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="meine-daten.json"'
        assert json.loads(answer.text)["person"]["email"] == britta.email

    async def test_holds_what_the_person_wrote_word_for_word(
        self, browser: Browser, kept: dict[str, str], britta: Member, connection: Connection
    ) -> None:
        await create_token(connection, britta.id, label="Warenwirtschaft", now=NOW)
        await browser.send("/sign-in", form_page="/register", email=britta.email)

        held = await downloaded(browser)

        (listing,), (enquiry,), (answer,), (decision,) = (
            held[each] for each in ("listings", "enquiries", "answers", "decisions")
        )
        assert [each["organisation_name"] for each in held["organisations"]] == ["Neuwerk AG"]
        assert [each["label"] for each in held["tokens"]] == ["Warenwirtschaft"]
        assert (listing["id"], listing["content"]["title"]) == (kept["hers"], "Dosierpumpen")
        assert (enquiry["message"], answer["explanation"]) == (ASKED, ANSWERED)
        assert (decision["listing_id"], decision["decision"]) == (kept["his"], "released")
        assert len(held["sign_in_links"]) == 1

    @pytest.mark.usefixtures("kept")
    async def test_holds_nothing_that_others_wrote(self, browser: Browser) -> None:
        told = (await browser.open(FILE)).text

        assert "Olaf" not in told
        assert "Haben Sie noch mehr?" not in told

    async def test_holds_of_an_organisation_that_was_left_only_that_something_was_posted(
        self, browser: Browser, kept: dict[str, str], britta: Member, connection: Connection
    ) -> None:
        await commands.leave_organisation(
            connection, britta.id, UUID(kept["own"]), now=NOW, cause=Cause.new()
        )
        await connection.execute("update listing set pending = content where id = $1", kept["hers"])

        (listing,) = (await downloaded(browser))["listings"]

        assert (listing["id"], listing["status"]) == (kept["hers"], "published")
        assert (listing["content"], listing["pending"]) == (None, None)

    async def test_holds_what_operators_did_with_the_account(
        self, browser: Browser, britta: Member, a_member: AMember, connection: Connection
    ) -> None:
        for member in (britta, await a_member("Eva Ott")):
            await connection.execute(
                "insert into operator_action (operator, command, result)"
                " values ('root', 'role grant broker', $1)",
                str(member.id),
            )

        held = await downloaded(browser)

        assert [each["command"] for each in held["operator_notes"]] == ["role grant broker"]

    async def test_no_column_that_names_a_member_is_forgotten(self, connection: Connection) -> None:
        rows = await connection.fetch(NAMING_A_MEMBER)

        assert {row["place"] for row in rows} - {"listing.confirm_by"} == {
            "address_change.member_id",
            "api_token.member_id",
            "contact.answering_member_id",
            "contact.requesting_member_id",
            "former_address.member_id",
            "joining.member_id",
            "listing.member_id",
            "membership.member_id",
            "moderation_decision.decided_by",
            "signin_nonce.member_id",
        }
