"""What a mail's link says once it leads nowhere any more: in the language of the mail."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from kept_listing_builders import a_member

from schemas.claims import LinkClaims
from schemas.links import LinkPurpose
from schemas.member import MemberState
from schemas.vocabulary import Language

PURPOSES = (LinkPurpose.PROPOSAL, LinkPurpose.ENQUIRY, LinkPurpose.SEARCH)
IN_A_GERMAN_BROWSER = {"Accept-Language": "de"}


async def an_english_reader(matching: Any) -> MemberState:
    member = a_member(uuid4()).model_copy(update={"language": Language.ENGLISH})
    await matching.hears(member)
    return member


async def form_token(matching: Any, member: MemberState) -> str:
    matching.signs_in(member)
    page = (await matching.http.get("/matching/searches")).text
    matching.http.cookies.delete("session")
    token: str = page.split('name="form_token" value="')[1].split('"')[0]
    return token


def link_for(
    matching: Any, link_of: Any, purpose: LinkPurpose, member: MemberState, *, days: int
) -> str:
    claims = LinkClaims(
        object_id=uuid4(),
        member_id=member.member_id,
        organisation_id=member.organisation_ids[0],
        expires_at=matching.now + timedelta(days=days),
    )
    link: str = link_of(purpose, claims)
    return link


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("purpose", PURPOSES)
class TestInTheMailsLanguage:
    async def test_when_it_is_opened(
        self, matching: Any, link_of: Any, purpose: LinkPurpose, days: int
    ) -> None:
        member = await an_english_reader(matching)
        link = link_for(matching, link_of, purpose, member, days=days)

        page = await matching.http.get(link, headers=IN_A_GERMAN_BROWSER)

        assert page.status_code == 410
        assert '<html lang="en"' in page.text

    async def test_when_it_is_answered(
        self, matching: Any, link_of: Any, purpose: LinkPurpose, days: int
    ) -> None:
        member = await an_english_reader(matching)
        link = link_for(matching, link_of, purpose, member, days=days)
        fields = {"form_token": await form_token(matching, member), "answer": "interested"}
        if purpose is LinkPurpose.ENQUIRY:
            fields["answer"] = "no"

        page = await matching.http.post(link, data=fields, headers=IN_A_GERMAN_BROWSER)

        # Whoever has a search deleted gets what they want, though a click before did it.
        is_so_already = purpose is LinkPurpose.SEARCH and days > 0
        assert page.status_code == (200 if is_so_already else 410)
        assert '<html lang="en"' in page.text


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_of_whoever_is_unknown_the_browser_says_the_language(
    matching: Any, link_of: Any, purpose: LinkPurpose
) -> None:
    link = link_for(matching, link_of, purpose, a_member(uuid4()), days=-1)

    page = await matching.http.get(link, headers={"Accept-Language": "en"})

    assert page.status_code == 410
    assert '<html lang="en"' in page.text
