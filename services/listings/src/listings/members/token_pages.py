"""The page of a member's API tokens: made, shown once, revoked."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.web.forms import Form
from listings.access import require_member
from listings.members.forms import TokenForm
from listings.members.storage import member_for_update
from listings.members.tokens import create_token, revoke_token, tokens_of
from listings.surroundings import Surroundings

router = APIRouter(include_in_schema=False)


@router.get("/my/tokens")
async def tokens(request: Request) -> Response:
    """List a member's tokens by their labels."""
    return await _page(request, Form.empty(request, TokenForm))


@router.post("/my/tokens")
async def make_token(request: Request) -> Response:
    """Make a token and show it this once."""
    around = Surroundings.of(request)
    form = await Form.read(request, TokenForm)
    if form.value is None:
        return await _page(request, form, status=422)
    async with around.pool.transaction() as connection:
        signed_in = await require_member(request, connection)
        # Held and asked once more: whose access ends at this moment gets no key that outlives it.
        await member_for_update(connection, signed_in.member_id)
        await require_member(request, connection)
        fresh = await create_token(
            connection, signed_in.member_id, label=form.value.label, now=around.clock()
        )
    return await _page(request, Form.empty(request, TokenForm), fresh=fresh)


@router.post("/my/tokens/{token_id}/revoke")
async def revoke(request: Request, token_id: UUID) -> Response:
    """Make a token worthless."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        signed_in = await require_member(request, connection)
        await revoke_token(connection, token_id, member_id=signed_in.member_id)
    return RedirectResponse("/my/tokens", status_code=303)


async def _page(
    request: Request, form: Form[TokenForm], *, fresh: str | None = None, status: int = 200
) -> Response:
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        signed_in = await require_member(request, connection)
        known = await tokens_of(connection, signed_in.member_id)
    return around.render(
        request, "members/tokens.html", status=status, form=form, tokens=known, fresh=fresh
    )
