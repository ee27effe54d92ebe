"""A member moves to another address: by a mail to it, opened by whoever is signed in as them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from listing_builders import a_listing
from listings_scene import (
    NOW,
    TRACER,
    AMember,
    AnOrganisation,
    Browser,
    Clock,
    MintLink,
    Published,
    Run,
    token_in,
)

from chassis.cause import Cause
from chassis.database import Connection
from listings import consumers, erasure
from listings.members import commands
from listings.members.joining import ask_to_join
from listings.members.member import Member
from listings.members.queries import members_of_organisation
from listings.members.retention import forget_what_expired
from listings.members.sign_in_pages import PER_ADDRESS
from schemas.links import LinkPurpose
from schemas.mail import MailBounced
from schemas.member import AddressChanged, MemberState, SignInRequested
from schemas.vocabulary import MailPurpose, Role

HERE = "/my/data"
ASKING = "/my/data/address"
FORMER = "britta@example.org"
NEW = "sommer@neuwerk.example"

Asked = Callable[..., Awaitable[str]]


@pytest.fixture
async def britta(a_member: AMember, browser: Browser, clock: Clock) -> Member:
    """Signed in, a while ago."""
    britta = await a_member("Britta Sommer", email=FORMER)
    browser.sign_in(britta)
    clock.advance(minutes=5)
    return britta


@pytest.fixture
def asked(browser: Browser, published: Published, mint_link: MintLink) -> Asked:
    """Ask to move as whoever is signed in; the path that the mail would show."""

    async def ask(email: str = NEW, *, by: Browser = browser) -> str:
        answer = await by.send(ASKING, form_page=HERE, email=email)
        assert answer.status_code == 303
        wish = (await wishes(published))[-1]
        return mint_link(
            LinkPurpose.SIGN_IN,
            wish.nonce,
            wish.member_id,
            valid_for=wish.expires_at - browser.clock(),
        )

    return ask


async def wishes(published: Published) -> list[SignInRequested]:
    return list(map(SignInRequested.model_validate_json, await published("signin.requested")))


async def states(published: Published) -> list[MemberState]:
    return list(map(MemberState.model_validate_json, await published("member.state")))


async def moves(published: Published) -> list[AddressChanged]:
    return list(map(AddressChanged.model_validate_json, await published("address.changed")))


async def opened(browser: Browser, link: str) -> httpx.Response:
    """The page that a link of the mail leads to."""
    to = await browser.open(link)
    assert to.status_code == 303
    return await browser.open(to.headers["Location"])


async def confirmed(browser: Browser, link: str) -> httpx.Response:
    page = await opened(browser, link)
    fields = {"form_token": token_in(page.text)}
    return await browser.http.post(page.request.url.path, data=fields)


async def address_of(connection: Connection, member: Member) -> str:
    email: str = await connection.fetchval("select email from member where id = $1", member.id)
    return email


async def told(connection: Connection, email: str) -> int:
    """How many stored events name an address."""
    number: int = await connection.fetchval(
        "select count(*) from outbox where position($1 in convert_from(payload, 'UTF8')) > 0", email
    )
    return number


class TestAsking:
    async def test_sends_a_link_to_the_new_address_and_names_the_wish_not_the_member(
        self, asked: Asked, published: Published, britta: Member, clock: Clock
    ) -> None:
        await asked(f" {NEW.upper()} ")

        (wish,) = await wishes(published)
        assert (wish.email, wish.language) == (NEW, britta.language)
        assert wish.expires_at == clock() + timedelta(minutes=15)
        assert wish.member_id != britta.id
        assert wish.changes_address_of == britta.id
        assert len(await states(published)) == 1

    @pytest.mark.usefixtures("britta")
    async def test_shows_what_waits_until_it_can_no_longer_be_confirmed(
        self, asked: Asked, browser: Browser, clock: Clock
    ) -> None:
        await asked()

        page, held = await browser.open(HERE), (await browser.open(f"{HERE}/file")).json()
        clock.advance(minutes=15)
        later = await browser.open(HERE)

        assert f"Wenn {NEW} noch frei ist" in page.text
        assert [each["email"] for each in held["address_changes"]] == [NEW]
        assert NEW not in later.text

    async def test_for_an_address_of_somebody_else_looks_the_same_and_sends_nothing(
        self,
        asked: Asked,
        browser: Browser,
        britta: Member,
        a_member: AMember,
        published: Published,
    ) -> None:
        await a_member("Eva Ott", email="taken@example.org")

        await asked("freed@example.org")
        free = await browser.open(HERE)
        answer = await browser.send(ASKING, form_page=HERE, email="Taken@example.org")
        taken = await browser.open(HERE)

        assert (answer.status_code, answer.headers["Location"]) == (303, f"{HERE}#address")
        assert without_token(free).replace("freed@", "taken@") == without_token(taken)
        assert len(await wishes(published)) == 1

    @pytest.mark.usefixtures("britta")
    async def test_for_an_address_of_somebody_else_reads_the_same_in_the_file_of_own_data(
        self, asked: Asked, browser: Browser, a_member: AMember
    ) -> None:
        await a_member("Eva Ott", email="taken@example.org")

        await asked("freed@example.org")
        free = await browser.open(f"{HERE}/file")
        await browser.send(ASKING, form_page=HERE, email="taken@example.org")
        taken = await browser.open(f"{HERE}/file")

        assert taken.text == free.text.replace("freed@", "taken@")

    @pytest.mark.parametrize("ends", ["move", "sign-out"])
    async def test_shows_nothing_on_its_way_once_an_operator_ended_it(
        self,
        *,
        asked: Asked,
        browser: Browser,
        britta: Member,
        run: Run,
        ends: str,
    ) -> None:
        await asked()
        to = ["b.sommer@example.org"] if ends == "move" else []

        done = await run("member", ends, FORMER, *to)

        page = await browser.sign_in(britta).open(HERE)
        assert (done.exit_code, page.status_code) == (0, 200)
        assert NEW not in page.text

    @pytest.mark.usefixtures("britta")
    @pytest.mark.parametrize(
        ("typed", "says"),
        [
            ("", "field-email-error"),
            ("britta@", "field-email-error"),
            ("bärbel@example.org", "An solche Adressen können wir keine E-Mail schicken."),
            (" BRITTA@Example.org ", "Das ist Ihre jetzige Adresse."),
        ],
    )
    async def test_is_refused_at_its_field_where_it_cannot_be(
        self, browser: Browser, published: Published, typed: str, says: str
    ) -> None:
        answer = await browser.send(ASKING, form_page=HERE, email=typed)

        assert answer.status_code == 422
        assert says in answer.text
        assert 'value="Britta Sommer"' in answer.text
        assert await wishes(published) == []

    @pytest.mark.usefixtures("britta")
    async def test_too_often_for_one_address_has_to_wait(
        self, asked: Asked, browser: Browser, published: Published
    ) -> None:
        for _ in range(PER_ADDRESS):
            await asked()

        answer = await browser.send(ASKING, form_page=HERE, email=NEW)

        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
        assert len(await wishes(published)) == PER_ADDRESS

    async def test_is_for_members_only_and_by_their_own_form(
        self, browser: Browser, britta: Member, published: Published
    ) -> None:
        foreign = await browser.http.post(ASKING, data={"email": NEW})
        browser.sign_out()
        visitor = await browser.send(ASKING, form_page="/register", email=NEW)

        assert (foreign.status_code, visitor.status_code) == (403, 401)
        assert 'href="/sign-in"' in visitor.text
        assert await wishes(published) == []


def without_token(page: httpx.Response) -> str:
    return page.text.replace(token_in(page.text), "")


class TestConfirming:
    async def test_moves_the_member_who_stays_signed_in_here(
        self, asked: Asked, browser: Browser, britta: Member, published: Published, clock: Clock
    ) -> None:
        link = await asked()

        page = await opened(browser, link)
        answer = await confirmed(browser, link)
        after = await browser.open(answer.headers["Location"])

        assert page.headers["Cache-Control"] == "no-store"
        assert FORMER in page.text
        assert NEW in page.text
        assert (answer.status_code, after.status_code) == (303, 200)
        assert f"Ihre Adresse ist jetzt {NEW}" in after.text
        held = (await browser.open(f"{HERE}/file")).json()
        assert held["former_addresses"] == [{"left_at": "2027-01-31T09:05:00Z"}]
        _, state = await states(published)
        assert (state.email, state.member_name) == (NEW, britta.name)
        assert state.sessions_valid_from > clock()
        assert state.revision > britta.revision

    async def test_ends_what_began_under_the_former_address(
        self,
        *,
        asked: Asked,
        browser: Browser,
        britta: Member,
        published: Published,
        mint_link: MintLink,
        other_browser: Browser,
        clock: Clock,
    ) -> None:
        await browser.send("/sign-in", form_page="/register", email=FORMER)
        (on_its_way,) = await wishes(published)
        former = mint_link(LinkPurpose.SIGN_IN, on_its_way.nonce, britta.id)
        clock.advance(minutes=1)
        other_browser.sign_in(britta)
        before = await other_browser.open(HERE)

        await confirmed(browser, await asked())

        by_session = await other_browser.open(HERE)
        by_link = await other_browser.open(former)
        statuses = [each.status_code for each in (before, by_session, by_link)]
        assert statuses == [200, 303, 410]

    async def test_the_new_address_signs_in_and_the_former_one_no_more(
        self, asked: Asked, browser: Browser, britta: Member, published: Published
    ) -> None:
        await confirmed(browser, await asked())
        browser.sign_out()
        before = len(await wishes(published))

        for email in (FORMER, NEW):
            await browser.send("/sign-in", email=email)

        (sent,) = (await wishes(published))[before:]
        assert (sent.email, sent.member_id, sent.changes_address_of) == (NEW, britta.id, None)

    async def test_scanners_that_open_the_link_change_nothing(
        self, asked: Asked, browser: Browser, britta: Member, connection: Connection
    ) -> None:
        link = await asked()
        cookies = dict(browser.http.cookies)

        browser.sign_out()
        for _ in range(3):
            await opened(browser, link)
        anonymous = dict(browser.http.cookies)
        browser.sign_in(britta)
        for _ in range(3):
            await opened(browser, link)

        assert await address_of(connection, britta) == FORMER
        assert "session" in cookies
        assert "session" not in anonymous
        assert (await confirmed(browser, link)).status_code == 303

    async def test_needs_a_session_and_leads_back_from_signing_in(
        self, asked: Asked, browser: Browser, britta: Member, connection: Connection
    ) -> None:
        link = await asked()
        browser.sign_out()

        page = await opened(browser, link)
        sent = await browser.send(page.request.url.path, form_page="/register")

        assert (page.status_code, sent.status_code) == (403, 403)
        assert "Melden Sie sich zuerst an" in page.text
        assert (
            f'href="/sign-in?next=%2Fmy%2Fdata%2Faddress%2F{link.rpartition("/")[2]}"' in page.text
        )
        assert not any(each in page.text for each in (NEW, FORMER, britta.name))
        assert await address_of(connection, britta) == FORMER

    async def test_speaks_as_the_mail_does(
        self, asked: Asked, browser: Browser, britta: Member, connection: Connection
    ) -> None:
        link = await asked()
        await connection.execute("update member set language = 'en'")

        signed_in = await opened(browser, link)
        signed_out = await opened(browser.sign_out(), link)
        await connection.execute("delete from signin_nonce")
        gone = await opened(browser.sign_in(britta), link)

        assert "Confirm the new address" in signed_in.text
        assert "Sign in first" in signed_out.text
        assert '<html lang="en"' in gone.text

    async def test_never_signs_anybody_in(
        self, asked: Asked, browser: Browser, britta: Member, connection: Connection
    ) -> None:
        link = await asked()
        browser.sign_out()

        answer = await browser.send(link, form_page="/register")

        assert answer.status_code == 410
        assert "session" not in browser.http.cookies
        assert await address_of(connection, britta) == FORMER
        assert (await confirmed(browser.sign_in(britta), link)).status_code == 303

    async def test_is_not_for_whoever_is_signed_in_as_somebody_else(
        self,
        asked: Asked,
        browser: Browser,
        britta: Member,
        a_member: AMember,
        connection: Connection,
    ) -> None:
        link = await asked()
        eva = await a_member("Eva Ott")
        browser.sign_in(eva)

        page = await opened(browser, link)
        sent = await browser.send(page.request.url.path, form_page=HERE)

        assert (page.status_code, sent.status_code) == (403, 403)
        assert "mit einem anderen Konto" in page.text
        assert NEW not in page.text
        assert await address_of(connection, britta) == FORMER
        assert await address_of(connection, eva) == eva.email

    async def test_again_says_that_it_is_done_and_changes_nothing_more(
        self, asked: Asked, browser: Browser, britta: Member, published: Published
    ) -> None:
        link = await asked()
        await confirmed(browser, link)

        again = await opened(browser, link)
        sent = await browser.send(f"{ASKING}/{link.rpartition('/')[2]}", form_page=HERE)

        assert again.headers["Location"] == sent.headers["Location"] == f"{HERE}?done=moved"
        assert len(await states(published)) == 2

    async def test_of_two_at_once_only_one_moves(
        self, asked: Asked, browser: Browser, britta: Member, published: Published
    ) -> None:
        page = await opened(browser, await asked())
        fields = {"form_token": token_in(page.text)}

        answers = await asyncio.gather(
            *(browser.http.post(page.request.url.path, data=fields) for _ in range(2))
        )

        assert 303 in [answer.status_code for answer in answers]
        assert len(await states(published)) == 2
        assert len(await moves(published)) == 1

    @pytest.mark.parametrize("minutes", [15, 60 * 24 * 3])
    async def test_after_fifteen_minutes_is_too_late(
        self,
        *,
        asked: Asked,
        browser: Browser,
        britta: Member,
        connection: Connection,
        clock: Clock,
        minutes: int,
    ) -> None:
        link = await asked()
        page = await opened(browser, link)
        fields = {"form_token": token_in(page.text)}
        clock.advance(minutes=minutes)
        await forget_what_expired(connection, clock())

        sent = await browser.http.post(page.request.url.path, data=fields)
        late = await browser.open(page.request.url.path)

        assert (sent.status_code, late.status_code) == (410, 410)
        assert "fordern einen neuen Link an" in late.text
        assert await address_of(connection, britta) == FORMER

    @pytest.mark.usefixtures("britta")
    async def test_a_forged_link_or_one_that_signs_in_is_refused(
        self, browser: Browser, published: Published, mint_link: MintLink
    ) -> None:
        await browser.send("/sign-in", form_page="/register", email=FORMER)
        (sign_in,) = await wishes(published)
        to_sign_in = mint_link(LinkPurpose.SIGN_IN, sign_in.nonce, sign_in.member_id)
        unknown = mint_link(LinkPurpose.SIGN_IN, uuid4(), uuid4())
        tokens = [each.rpartition("/")[2] for each in (to_sign_in, unknown, unknown[:-2])]

        answers = [await browser.send(f"{ASKING}/{token}", form_page=HERE) for token in tokens]

        assert [answer.status_code for answer in answers] == [410] * 3

    async def test_only_the_latest_address_can_be_confirmed(
        self, asked: Asked, browser: Browser, britta: Member, connection: Connection
    ) -> None:
        mistyped = await asked("somer@neuwerk.example")
        link = await asked()

        stale = await browser.open(mistyped)
        await confirmed(browser, link)

        assert stale.status_code == 410
        assert await address_of(connection, britta) == NEW

    async def test_ended_access_ends_it_too(
        self, asked: Asked, browser: Browser, britta: Member, connection: Connection, clock: Clock
    ) -> None:
        link = await asked()
        await commands.end_access(connection, britta.id, now=clock(), cause=Cause.new())

        page = await opened(browser.sign_in(britta), link)

        assert page.status_code == 410


class TestAddressThatTwoWant:
    @pytest.fixture
    async def evas(self, a_member: AMember, other_browser: Browser) -> Browser:
        """Where Eva is signed in."""
        return other_browser.sign_in(await a_member("Eva Ott"))

    async def test_is_of_the_first_to_confirm(
        self,
        *,
        asked: Asked,
        browser: Browser,
        evas: Browser,
        britta: Member,
        connection: Connection,
    ) -> None:
        link, hers = await asked(), await asked(by=evas)
        first = await confirmed(evas, hers)

        second = await confirmed(browser, link)

        assert (first.status_code, second.status_code) == (303, 409)
        assert "gehört inzwischen zu einem anderen Konto" in second.text
        assert await address_of(connection, britta) == FORMER
        assert (await browser.open(HERE)).status_code == 200

    @pytest.mark.usefixtures("britta")
    async def test_is_of_one_if_both_confirm_at_once(
        self, asked: Asked, browser: Browser, evas: Browser, published: Published
    ) -> None:
        links = await asked(), await asked(by=evas)

        answers = await asyncio.gather(*map(confirmed, (browser, evas), links))

        assert sorted(answer.status_code for answer in answers) == [303, 409]
        assert len(await moves(published)) == 1
        assert [each.email for each in await states(published)].count(NEW) == 1


class TestFormerAddress:
    async def test_is_told_once_and_not_where_the_member_went(
        self, asked: Asked, browser: Browser, britta: Member, published: Published, clock: Clock
    ) -> None:
        link = await asked()
        (wish,) = await wishes(published)

        await confirmed(browser, link)
        await browser.send(f"{ASKING}/{link.rpartition('/')[2]}", form_page=HERE)

        (left,) = await moves(published)
        assert (left.former_email, left.language) == (FORMER, britta.language)
        assert (left.member_id, left.change_id) == (britta.id, wish.member_id)
        assert left.occurred_at == clock()
        assert NEW not in left.model_dump_json()

    @pytest.mark.usefixtures("britta")
    async def test_is_told_nothing_of_a_move_that_is_refused(
        self,
        *,
        asked: Asked,
        browser: Browser,
        a_member: AMember,
        connection: Connection,
        published: Published,
        clock: Clock,
    ) -> None:
        taken = await asked()
        await a_member("Eva Ott", email=NEW)
        refused = await confirmed(browser, taken)
        late = await opened(browser, await asked("late@neuwerk.example"))
        clock.advance(minutes=15)
        fields = {"form_token": token_in(late.text)}
        too_late = await browser.http.post(late.request.url.path, data=fields)

        assert (refused.status_code, too_late.status_code) == (409, 410)
        assert await moves(published) == []
        assert await connection.fetchval("select count(*) from former_address") == 0

    async def test_that_bounces_pauses_nothing(
        self,
        *,
        asked: Asked,
        browser: Browser,
        a_member: AMember,
        an_organisation: AnOrganisation,
        published: Published,
        connection: Connection,
    ) -> None:
        firm = await an_organisation(trusted=True)
        browser.sign_in(await a_member("Olaf Owner", of=firm))
        await a_listing(connection, firm)
        await confirmed(browser, await asked())
        (left,) = await moves(published)
        bounced = a_bounce(to=left.change_id, template="address_changed")

        async with connection.transaction():
            await consumers.on_mail_bounced(bounced, connection, Cause.new())

        assert await connection.fetchval("select status from listing") == "published"
        assert await connection.fetchval("select unreachable_since from member") is None


def a_bounce(*, to: UUID, template: str) -> MailBounced:
    return MailBounced(
        revision=1,
        occurred_at=NOW,
        mail_id=uuid4(),
        member_id=to,
        purpose=MailPurpose.ACCOUNT,
        template=template,
        about_id=to,
        hard=True,
    )


class TestConsequences:
    async def test_whoever_decides_on_a_wish_to_join_reads_the_new_address(
        self,
        *,
        asked: Asked,
        browser: Browser,
        britta: Member,
        a_member: AMember,
        an_organisation: AnOrganisation,
        connection: Connection,
    ) -> None:
        wanted = await an_organisation()
        await ask_to_join(connection, britta.id, wanted.id, now=NOW, cause=Cause.new())

        await confirmed(browser, await asked())

        browser.sign_in(await a_member("Mo", roles=frozenset({Role.MODERATOR})))
        desk = await browser.open("/moderation/members")
        assert NEW in desk.text
        assert FORMER not in desk.text

    async def test_whoever_could_not_be_reached_can_be_again(
        self, asked: Asked, browser: Browser, britta: Member, connection: Connection
    ) -> None:
        await connection.execute("update member set unreachable_since = now()")

        await confirmed(browser, await asked())

        assert await connection.fetchval("select unreachable_since from member") is None

    async def test_a_mail_that_bounces_at_the_new_address_pauses_nothing(
        self,
        *,
        asked: Asked,
        browser: Browser,
        a_member: AMember,
        an_organisation: AnOrganisation,
        published: Published,
        connection: Connection,
    ) -> None:
        firm = await an_organisation(trusted=True)
        browser.sign_in(await a_member("Olaf Owner", of=firm))
        await a_listing(connection, firm)
        await asked()
        (wish,) = await wishes(published)
        bounced = a_bounce(to=wish.member_id, template="sign_in")

        async with connection.transaction():
            await consumers.on_mail_bounced(bounced, connection, Cause.new())

        assert await connection.fetchval("select status from listing") == "published"
        assert await connection.fetchval("select unreachable_since from member") is None

    @pytest.mark.parametrize("has_moved", [False, True])
    async def test_erasing_the_member_leaves_neither_address_anywhere(
        self,
        *,
        asked: Asked,
        browser: Browser,
        britta: Member,
        connection: Connection,
        clock: Clock,
        has_moved: bool,
    ) -> None:
        link = await asked()
        if has_moved:
            await confirmed(browser, link)

        async with connection.transaction():
            await erasure.erase_member(
                connection, britta.id, tracer=TRACER, now=clock(), cause=Cause.new()
            )

        for table in ("address_change", "signin_nonce"):
            assert await connection.fetchval(f"select count(*) from {table}") == 0
        assert [await told(connection, each) for each in (NEW, FORMER)] == [0, 0]

    @pytest.mark.usefixtures("britta")
    @pytest.mark.parametrize("listed", [FORMER, NEW])
    async def test_no_file_brings_back_an_erased_member_by_any_address_they_had(
        self,
        *,
        asked: Asked,
        browser: Browser,
        an_organisation: AnOrganisation,
        run: Run,
        connection: Connection,
        tmp_path: Path,
        listed: str,
    ) -> None:
        firm = await an_organisation()
        await connection.execute("update organisation set external_id = 'O-1'")
        await confirmed(browser, await asked())
        await run("erase", "member", NEW, "--yes")
        file = tmp_path / "members.csv"
        file.write_text(
            "external_id,organisation_external_id,name,email\n"
            f"P-1,O-1,Britta Sommer,{listed}\nP-2,O-1,Eva Ott,eva@example.org\n",
            encoding="utf-8",
        )

        said = await run("import", "members", str(file))

        assert "line 2: skipped" in said.output
        members = await members_of_organisation(connection, firm.id)
        assert [each.name for each in members] == ["Eva Ott"]

    async def test_erasing_whoever_has_the_address_leaves_no_wish_of_others_for_it(
        self,
        *,
        asked: Asked,
        browser: Browser,
        other_browser: Browser,
        britta: Member,
        a_member: AMember,
        connection: Connection,
        clock: Clock,
    ) -> None:
        eva = await a_member("Eva Ott")
        await asked()
        await confirmed(other_browser, await asked(by=other_browser.sign_in(eva)))

        await commands.erase_member(connection, eva.id, now=clock(), cause=Cause.new())

        assert await told(connection, NEW) == 0
        assert await connection.fetchval("select count(*) from address_change") == 0
        assert await address_of(connection, britta) == FORMER

    async def test_what_was_asked_is_forgotten_after_two_days(
        self, asked: Asked, britta: Member, connection: Connection, clock: Clock
    ) -> None:
        await asked()

        await forget_what_expired(connection, clock() + timedelta(days=2))
        just_kept = await connection.fetchval("select count(*) from address_change")
        await forget_what_expired(connection, clock() + timedelta(days=2, seconds=1))

        assert just_kept == 1
        assert await connection.fetchval("select count(*) from address_change") == 0
        assert await address_of(connection, britta) == FORMER
