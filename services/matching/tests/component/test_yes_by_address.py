"""After a yes that came by address, a broker reads where to write, also once somebody joined."""

from typing import Any

from kept_listing_builders import a_member
from unmet_builders import Unmet, a_pump_maker, approve, unmet

from schemas.claims import LinkClaims
from schemas.links import LinkPurpose
from schemas.organisation import OrganisationState
from schemas.request import EnquiryApproved

ADDRESS = "post@firma.example"
MEMBERS = "kim@firma.example"


async def a_yes(matching: Any, link_of: Any, *, by_member: bool) -> tuple[Unmet, OrganisationState]:
    maker = a_pump_maker(has_members=by_member, enquiry_email=None if by_member else ADDRESS)
    member = a_member(maker.organisation_id).model_copy(update={"email": MEMBERS})
    found = await unmet(matching, maker)
    if by_member:
        await matching.hears(member)
    await approve(matching, found, maker)
    [fact] = await matching.published(EnquiryApproved)
    claims = LinkClaims(
        object_id=fact.enquiry_id,
        member_id=member.member_id if by_member else maker.organisation_id,
        organisation_id=maker.organisation_id,
        expires_at=fact.expires_at,
    )
    await matching.posts(link_of(LinkPurpose.ENQUIRY, claims), answer="yes")
    return found, maker


async def test_it_is_the_address_for_enquiries_while_nobody_joined(
    matching: Any, link_of: Any
) -> None:
    found, _ = await a_yes(matching, link_of, by_member=False)

    page = await matching.http.get(found.path)

    assert f'href="mailto:{ADDRESS}"' in page.text


async def test_it_is_the_members_once_they_joined(matching: Any, link_of: Any) -> None:
    found, maker = await a_yes(matching, link_of, by_member=False)
    joined = {"revision": 2, "has_members": True, "enquiry_email": None}
    member = a_member(maker.organisation_id).model_copy(update={"email": MEMBERS})
    await matching.hears(maker.model_copy(update=joined), member)

    page = await matching.http.get(found.path)

    assert f'href="mailto:{MEMBERS}"' in page.text


async def test_a_members_own_yes_needs_no_broker(matching: Any, link_of: Any) -> None:
    found, _ = await a_yes(matching, link_of, by_member=True)

    page = await matching.http.get(found.path)

    assert "Ja, das können wir" in page.text
    assert MEMBERS not in page.text
