"""Whoever signs in, moves or is moved at the same moment: one waits, and all of it is true."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from listings_scene import NOW, TRACER, AMember, AnOrganisation, Browser, Published, token_in
from lock_racing import AtOnce, Met
from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection, Pool
from listings import erasure
from listings.erased.traces import address_named
from listings.members import address_storage, commands, moving, sign_in
from listings.members.address_change import AddressChange
from listings.members.joining import ask_to_join
from listings.members.member import Member, UnknownMember
from schemas.member import AddressChanged
from schemas.vocabulary import Language

HELD = "select from member where id = $1 for update"
NEW = "sommer@neuwerk.example"


async def a_link(connection: Connection, person_id: UUID) -> UUID:
    nonce = uuid4()
    await connection.execute(
        "insert into signin_nonce (nonce, member_id, expires_at) values ($1, $2, $3)",
        nonce,
        person_id,
        NOW + timedelta(minutes=15),
    )
    return nonce


async def a_wish(connection: Connection, member: Member) -> AddressChange:
    wish = AddressChange(
        id=uuid7(), member_id=member.id, email=NEW, language=member.language, asked_at=NOW
    )
    await address_storage.insert_change(connection, wish)
    return wish


class TestAMove:
    async def test_by_an_operator_tells_the_address_that_the_member_moved_to_just_before(
        self, connection: Connection, a_member: AMember, at_once: AtOnce, published: Published
    ) -> None:
        britta = await a_member("Britta Sommer", email="britta@example.org")
        wish = await a_wish(connection, britta)
        nonce = await a_link(connection, wish.id)

        async def moves(own: Connection) -> None:
            await moving.move(own, wish, nonce, tracer=TRACER, now=NOW, cause=Cause.new())

        async def is_moved(own: Connection) -> None:
            await moving.move_for(
                own, britta.id, "back@example.org", tracer=TRACER, now=NOW, cause=Cause.new()
            )

        await at_once(moves, is_moved, held=HELD, row=britta.id)

        left = map(AddressChanged.model_validate_json, await published("address.changed"))
        assert [each.former_email for each in left] == ["britta@example.org", NEW]
        assert await connection.fetchval("select count(*) from former_address") == 2

    async def test_just_before_they_are_erased_leaves_no_way_back_by_the_new_address(
        self, connection: Connection, a_member: AMember, at_once: AtOnce
    ) -> None:
        britta = await a_member("Britta Sommer")
        wish = await a_wish(connection, britta)
        nonce = await a_link(connection, wish.id)

        async def moves(own: Connection) -> None:
            await moving.move(own, wish, nonce, tracer=TRACER, now=NOW, cause=Cause.new())

        async def erases(own: Connection) -> None:
            await erasure.erase_member(own, britta.id, tracer=TRACER, now=NOW, cause=Cause.new())

        await at_once(moves, erases, held=HELD, row=britta.id)

        traces = "select count(*) from erased_trace where erased_id = $1 and trace = $2"
        by_new = TRACER.trace(address_named(NEW))
        assert await connection.fetchval(traces, britta.id, by_new) == 1

    async def test_that_is_asked_for_waits_for_the_end_of_their_access(
        self, connection: Connection, a_member: AMember, at_once: AtOnce
    ) -> None:
        britta = await a_member("Britta Sommer")
        await a_link(connection, (await a_wish(connection, britta)).id)

        async def is_signed_out(own: Connection) -> None:
            await commands.end_access(own, britta.id, now=NOW, cause=Cause.new())

        async def asks_for_another(own: Connection) -> None:
            await moving.ask_to_move(own, britta, "b@neuwerk.example", now=NOW, cause=Cause.new())

        await at_once(is_signed_out, asks_for_another, held=HELD, row=britta.id)

        assert await connection.fetchval("select email from address_change") == "b@neuwerk.example"
        assert await connection.fetchval("select count(*) from signin_nonce") == 1


class TestTheEndOfAccess:
    """Whoever took over an account asks for everything while an operator takes it back."""

    async def test_leaves_no_api_token_that_was_made_at_the_same_moment(
        self,
        *,
        connection: Connection,
        pool: Pool,
        a_member: AMember,
        browser: Browser,
        met: Met,
    ) -> None:
        britta = await a_member("Britta Sommer")
        page = await browser.sign_in(britta).open("/my/tokens")
        fields = {"label": "inventory", "form_token": token_in(page.text)}
        answers = []

        async def is_signed_out() -> None:
            async with pool.transaction() as own:
                later = NOW + timedelta(minutes=1)
                await commands.end_access(own, britta.id, now=later, cause=Cause.new())

        async def makes_a_token() -> None:
            answers.append(await browser.http.post("/my/tokens", data=fields))

        await met(is_signed_out(), makes_a_token(), held=HELD, row=britta.id)

        assert answers[0].status_code == 401
        assert await connection.fetchval("select count(*) from api_token") == 0

    async def test_leaves_no_link_to_an_address_that_is_left_at_the_same_moment(
        self, connection: Connection, a_member: AMember, at_once: AtOnce, published: Published
    ) -> None:
        britta = await a_member("Britta Sommer", email="britta@example.org")

        async def is_moved(own: Connection) -> None:
            await moving.move_for(own, britta.id, NEW, tracer=TRACER, now=NOW, cause=Cause.new())

        async def asks_for_a_link(own: Connection) -> None:
            await sign_in.request_sign_in(
                own, "britta@example.org", next_path=None, now=NOW, cause=Cause.new()
            )

        await at_once(is_moved, asks_for_a_link, held=HELD, row=britta.id)

        assert await connection.fetchval("select count(*) from signin_nonce") == 0
        assert await published("signin.requested") == []


class TestWishesToJoin:
    @pytest.mark.parametrize("change", ["name", "address"])
    async def test_of_whoever_changes_their_data_are_decided_or_erased_in_one_order(
        self,
        *,
        connection: Connection,
        a_member: AMember,
        an_organisation: AnOrganisation,
        at_once: AtOnce,
        change: str,
    ) -> None:
        britta = await a_member("Britta Sommer")
        for name in ("Eins GmbH", "Zwei GmbH"):
            wanted = await an_organisation(name)
            await ask_to_join(connection, britta.id, wanted.id, now=NOW, cause=Cause.new())
        # What changed last stands last in the table, whatever its id.
        earlier = await connection.fetchval(
            "update joining set email = upper(email)"
            " where id = (select id from joining order by id limit 1) returning id"
        )

        async def erases(own: Connection) -> None:
            await erasure.erase_member(own, britta.id, tracer=TRACER, now=NOW, cause=Cause.new())

        async def changes(own: Connection) -> None:
            with pytest.raises(UnknownMember):
                await changing(own, britta.id, change)

        held = "select from joining where id = $1 for update"
        await at_once(erases, changes, held=held, row=earlier)

        assert await connection.fetchval("select count(*) from joining") == 0


async def changing(connection: Connection, member_id: UUID, change: str) -> None:
    if change == "name":
        await commands.correct_member(
            connection,
            member_id,
            name="Britta Ott",
            language=Language.GERMAN,
            now=NOW,
            cause=Cause.new(),
        )
    else:
        await commands.change_address(connection, member_id, NEW, now=NOW, cause=Cause.new())


class TestASignIn:
    async def test_of_whoever_was_out_of_reach_waits_for_the_end_of_their_access(
        self, connection: Connection, a_member: AMember, at_once: AtOnce
    ) -> None:
        britta = await a_member("Britta Sommer")
        nonce = await a_link(connection, britta.id)
        await connection.execute("update member set unreachable_since = $1", NOW)
        refused = []

        async def is_signed_out(own: Connection) -> None:
            await commands.end_access(own, britta.id, now=NOW, cause=Cause.new())

        async def signs_in(own: Connection) -> None:
            try:
                await sign_in.redeem(own, nonce, member_id=britta.id, now=NOW, cause=Cause.new())
            except sign_in.UnusableNonce:
                refused.append(nonce)

        await at_once(is_signed_out, signs_in, held=HELD, row=britta.id)

        assert refused == [nonce]
        assert await connection.fetchval("select count(*) from signin_nonce") == 0
