"""The page of a member's own data: seen in plain words, corrected, taken along as a file."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from listings.access import SignedIn, require_member
from listings.members import commands, queries
from listings.members.forms import AddressForm, OwnDataForm
from listings.members.labels import ROLES
from listings.members.own_data import OwnAddressChange, OwnData
from listings.surroundings import Surroundings
from schemas.vocabulary import Language, Role

HERE = "/my/data"
FILE = TypeAdapter(OwnData)

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def own_data(request: Request, done: str = "") -> Response:
    """Show a member what is kept about them."""
    async with Surroundings.of(request).pool.transaction() as connection:
        signed_in = await require_member(request, connection)
        return await own_data_page(request, connection, signed_in, done=done)


@router.post(HERE)
async def correct(request: Request) -> Response:
    """Take over a member's name and language as they wrote them."""
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    form = await Form.read(request, OwnDataForm)
    async with around.pool.transaction() as connection:
        signed_in = await require_member(request, connection)
        if form.value is None:
            return await own_data_page(request, connection, signed_in, form=form)
        await commands.correct_member(
            connection,
            signed_in.member_id,
            name=form.value.name,
            language=form.value.language,
            now=occasion.now,
            cause=occasion.cause,
        )
    return RedirectResponse(f"{HERE}?done=saved", status_code=303)


@router.get(f"{HERE}/file")
async def file_of_own_data(request: Request) -> Response:
    """Hand out the same as a file that programs read."""
    async with Surroundings.of(request).pool.transaction() as connection:
        signed_in = await require_member(request, connection)
        held = await queries.own_data_of(connection, signed_in.member_id)
    return Response(
        FILE.dump_json(held, indent=2),
        media_type="application/json",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": 'attachment; filename="meine-daten.json"',
        },
    )


async def own_data_page(
    request: Request,
    connection: Connection,
    signed_in: SignedIn,
    *,
    form: Form[OwnDataForm] | None = None,
    address_form: Form[AddressForm] | None = None,
    done: str = "",
) -> Response:
    """The page, with whichever of its forms was refused."""
    around = Surroundings.of(request)
    held = await queries.own_data_of(connection, signed_in.member_id)
    beyond = [role for role in signed_in.member.roles if role is not Role.MEMBER]
    return around.render(
        request,
        "members/own_data.html",
        status=422 if form or address_form else 200,
        held=held,
        extra_roles=[around.pages.text(request, ROLES[role]) for role in beyond],
        form=form or _as_kept(request, signed_in),
        address_form=address_form or Form.empty(request, AddressForm),
        waiting=_waiting(held, now=around.clock()),
        languages=around.choices(request, Language),
        data_protection_url=around.settings.data_protection_url,
        done=done,
    )


def _as_kept(request: Request, signed_in: SignedIn) -> Form[OwnDataForm]:
    member = signed_in.member
    return Form.empty(request, OwnDataForm, name=member.name, language=member.language)


def _waiting(held: OwnData, *, now: datetime) -> OwnAddressChange | None:
    """The latest wish for another address that can still be confirmed."""
    open_wishes = [
        each for each in held.address_changes if each.open_until and each.open_until > now
    ]
    return open_wishes[-1] if open_wishes else None
