"""Members and the organisations they act for: rows, and what is said of both."""

from schemas.member import MemberState
from schemas.organisation import OrganisationState


class TestNewMember:
    async def test_says_who_it_is_and_that_the_organisation_has_members(
        self, an_organisation, a_member, published
    ):
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
