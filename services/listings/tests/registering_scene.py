"""Tom registers, and somebody decides: what the tests of both kinds of desk share."""

import re

from listings_scene import Browser, MintLink, Published

from schemas.links import LinkPurpose
from schemas.member import MemberState, RegistrationDecided, SignInRequested
from schemas.vocabulary import RegistrationDecision

APPROVED, DECLINED = RegistrationDecision.APPROVED, RegistrationDecision.DECLINED
FORM = {
    "name": "Tom Ude",
    "email": "tom@neuwerk.example",
    "organisation_name": "Neuwerk Labortechnik GmbH",
    "organisation_kind": "start-up",
    "organisation_size_class": "micro",
    "organisation_postcode": "17489",
}
WHY = "Bitte schreiben Sie uns\nvon einer Adresse der Organisation."


async def decided(published: Published) -> list[RegistrationDecided]:
    said = await published("registration.decided")
    return list(map(RegistrationDecided.model_validate_json, said))


async def register(
    browser: Browser, published: Published, mint_link: MintLink, **typed: str
) -> MemberState:
    """Tom registers and opens the link in his mail."""
    await browser.send("/register", **FORM | typed)
    asked = SignInRequested.model_validate_json((await published("signin.requested"))[-1])
    await browser.send(mint_link(LinkPurpose.SIGN_IN, asked.nonce, asked.member_id))
    browser.sign_out()
    return MemberState.model_validate_json((await published("member.state"))[-1])


def path_to(verb: str, html: str) -> str:
    """Where the first button of a page leads that ends in this verb."""
    found = re.search(rf'(?:action|href)="([^"]+/{verb})"', html)
    assert found, html
    return found[1]
