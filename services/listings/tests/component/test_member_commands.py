"""Members and the organisations they act for: rows, and what is said of both."""

import pytest
from listings_scene import AMember, AnOrganisation, Clock, Published

from chassis.cause import Cause
from chassis.database import Connection
from listings.members import commands, queries
from listings.members.member import UnknownMember
from listings.members.tokens import create_token, member_id_of_token
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import Role


class TestNewMember:
    async def test_says_who_it_is_and_that_the_organisation_has_members(
        self, an_organisation: AnOrganisation, a_member: AMember, published: Published
    ) -> None:
        organisation = await an_organisation()

        member = await a_member(of=organisation)

        (said,) = map(MemberState.model_validate_json, await published("member.state"))
        first, then = map(
            OrganisationState.model_validate_json, await published("organisation.state")
        )
        assert said.organisation_ids == (organisation.id,)
        assert said.email == member.email
        assert (first.has_members, then.has_members) == (False, True)
        assert then.revision > first.revision


class TestRoles:
    async def test_a_granted_role_is_said_under_a_higher_revision(
        self, connection: Connection, a_member: AMember, published: Published, clock: Clock
    ) -> None:
        member = await a_member()

        await commands.set_roles(
            connection, member.id, frozenset({Role.MODERATOR}), now=clock(), cause=Cause.new()
        )

        before, after = map(MemberState.model_validate_json, await published("member.state"))
        assert after.roles == (Role.MEMBER, Role.MODERATOR)
        assert after.revision > before.revision

    async def test_granting_what_is_there_says_nothing(
        self, connection: Connection, a_member: AMember, published: Published, clock: Clock
    ) -> None:
        member = await a_member(roles=frozenset({Role.MODERATOR}))

        await commands.set_roles(
            connection, member.id, frozenset({Role.MODERATOR}), now=clock(), cause=Cause.new()
        )

        assert len(await published("member.state")) == 1


class TestErasure:
    async def test_leaves_a_tombstone_and_no_trace_of_the_person(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        published: Published,
        clock: Clock,
    ) -> None:
        member = await a_member("Britta Sommer", of=await an_organisation())
        token = await create_token(connection, member.id, label="test", now=clock())

        await commands.erase_member(connection, member.id, now=clock(), cause=Cause.new())

        assert await published("member.state") == ["", ""]
        assert "Sommer" not in str(await connection.fetch("select * from outbox"))
        gravestone = "select revision from gravestone where name = 'member.state' and id = $1"
        assert await connection.fetchval(gravestone, member.id) > member.revision
        assert await member_id_of_token(connection, token, today=clock().date()) is None

    async def test_tells_that_the_organisation_has_nobody_left(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        published: Published,
        clock: Clock,
    ) -> None:
        member = await a_member(of=await an_organisation())

        await commands.erase_member(connection, member.id, now=clock(), cause=Cause.new())

        last = OrganisationState.model_validate_json((await published("organisation.state"))[-1])
        assert not last.has_members

    async def test_happens_once(
        self, connection: Connection, a_member: AMember, clock: Clock
    ) -> None:
        member = await a_member()
        await commands.erase_member(connection, member.id, now=clock(), cause=Cause.new())

        with pytest.raises(UnknownMember):
            await commands.erase_member(connection, member.id, now=clock(), cause=Cause.new())


async def test_states_are_every_member_as_they_stand(
    connection: Connection, a_member: AMember, an_organisation: AnOrganisation
) -> None:
    organisation = await an_organisation()
    members = [await a_member(name, of=organisation) for name in ("Eva Ott", "Tom Ude")]

    async with connection.transaction():
        states = [state async for state in queries.member_states(connection)]

    assert {state.member_id for state in states} == {member.id for member in members}
    assert all(state.organisation_ids == (organisation.id,) for state in states)
