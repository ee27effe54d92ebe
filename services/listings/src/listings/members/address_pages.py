"""Pages on which a member moves to another address; only the POST of whoever asked does it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.access import require_member, signed_in_member
from listings.erased.traces import Tracer
from listings.members import address_storage, moving, second_click
from listings.members.address_change import AddressChange, AddressTaken
from listings.members.browser import browser_of, keep_session
from listings.members.forms import AddressForm
from listings.members.member import Member, normalised_email
from listings.members.own_data_pages import HERE, own_data_page
from listings.members.queries import member_of
from listings.members.sign_in import UnusableNonce
from listings.members.sign_in_pages import claims_in, spend_allowance
from listings.surroundings import Surroundings

CONFIRMING = f"{HERE}/address"
MOVED = f"{HERE}?done=moved"
ONES_OWN = mark("„{label}“: Das ist Ihre jetzige Adresse.")
ANOTHER = mark("Schreiben Sie die Adresse, die künftig gelten soll.")
GONE = mark(
    "Dieser Link gilt nicht mehr: Er ist abgelaufen, unvollständig oder schon benutzt, oder Sie"
    " haben danach eine andere Adresse angegeben."
)
ASK_AGAIN = mark(
    "Unter „Meine Daten“ sehen Sie, welche Adresse gilt, und fordern einen neuen Link an."
)
OF_SOMEBODY_ELSE = mark(
    "Eine neue Adresse kann nur bestätigen, wer sie angegeben hat; Sie sind mit einem anderen Konto"
    " angemeldet."
)
SIGN_IN_AS_THEM = mark(
    "Gehört Ihnen auch das andere Konto, melden Sie sich hier ab, dort an und öffnen den Link noch"
    " einmal. Sonst brauchen Sie nichts zu tun."
)
TAKEN = mark("Diese Adresse gehört inzwischen zu einem anderen Konto.")
STAYS = mark("Ihre bisherige Adresse gilt weiter. Wählen Sie unter „Meine Daten“ eine andere.")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link opens for whoever asked for it."""

    wish: AddressChange
    nonce: UUID
    former_email: str


@router.post(CONFIRMING)
async def ask(request: Request) -> Response:
    """Send a link to the other address, and answer alike whether it is somebody's or not."""
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    form = await Form.read(request, AddressForm)
    async with around.pool.transaction() as connection:
        signed_in = await require_member(request, connection)
        form = _another(form, signed_in.member)
        if form.value is None:
            return await own_data_page(request, connection, signed_in, address_form=form)
    email = normalised_email(form.value.email)
    await spend_allowance(request, around, email)
    async with around.pool.transaction() as connection:
        await moving.ask_to_move(
            connection, signed_in.member, email, now=occasion.now, cause=occasion.cause
        )
    return RedirectResponse(f"{HERE}#address", status_code=303)


@router.get(f"{CONFIRMING}/{{token}}")
async def before_moving(request: Request, token: str) -> Response:
    """Show the address and one button: scanners open links in mails, and must not use them up."""
    around = Surroundings.of(request)
    try:
        async with around.pool.transaction() as connection:
            opened = await _opened(request, connection, token)
    except UnusableNonce:
        raise Problem(410, GONE, remedy=ASK_AGAIN) from None
    if isinstance(opened, Response):
        return opened
    return around.render(
        request,
        "members/confirm_address.html",
        opened=opened,
        action=f"{CONFIRMING}/{token}",
    )


@router.post(f"{CONFIRMING}/{{token}}")
async def move(request: Request, token: str) -> Response:
    """Move to the address, once; other browsers have to sign in with it.

    Two clicks count as one, though the first one ended the session that the second one shows.
    """
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    try:
        async with around.pool.transaction() as connection:
            opened = await _opened(request, connection, token)
            if isinstance(opened, Response):
                return opened
            await moving.move(
                connection,
                opened.wish,
                opened.nonce,
                tracer=Tracer(around.settings.erasure_keys()),
                now=occasion.now,
                cause=occasion.cause,
                browser=browser_of(request),
            )
            moved = await member_of(connection, opened.wish.member_id)
    except AddressTaken:
        raise Problem(409, TAKEN, remedy=STAYS) from None
    except UnusableNonce:
        return await _moved_before(request, token, now=occasion.now)
    return _moved(request, moved, since=occasion.now)


async def _moved_before(request: Request, token: str, *, now: datetime) -> Response:
    """A second click gets what the first one did; its own transaction sees that."""
    async with Surroundings.of(request).pool.transaction() as connection:
        claims = await claims_in(request, connection, token)
        reader = await signed_in_member(request, connection)
        wish = claims and await address_storage.address_change(connection, claims.member_id)
        if claims and wish and (reader is None or reader.member_id == wish.member_id):
            first = await second_click.first_move(
                connection, claims.object_id, wish, browser=browser_of(request), now=now
            )
            if first is not None:
                return _moved(request, first.member, since=first.at)
    raise Problem(410, GONE, remedy=ASK_AGAIN)


def _moved(request: Request, member: Member, *, since: datetime) -> Response:
    response = RedirectResponse(MOVED, status_code=303)
    keep_session(request, response, Surroundings.of(request), member, since=since)
    return response


def _another(form: Form[AddressForm], member: Member) -> Form[AddressForm]:
    if form.value is None or normalised_email(form.value.email) != member.email.lower():
        return form
    return form.refused("email", ONES_OWN, ANOTHER)


async def _opened(request: Request, connection: Connection, token: str) -> Opened | Response:
    """What a link opens, or where its reader goes instead.

    Raises:
        UnusableNonce: it was used, has expired, or is none of these.

    """
    around = Surroundings.of(request)
    claims = await claims_in(request, connection, token)
    reader = await signed_in_member(request, connection)
    if claims is None:
        raise UnusableNonce
    wish = await address_storage.address_change(connection, claims.member_id)
    if wish is None:
        raise UnusableNonce
    if reader and (wish.member_id, wish.email) == (reader.member_id, reader.member.email):
        return RedirectResponse(MOVED, status_code=303)
    nonce = claims.object_id
    if not await address_storage.is_open(connection, wish.id, nonce=nonce, now=around.clock()):
        raise UnusableNonce
    if reader is None:
        return _sign_in_first(request, token)
    if wish.member_id != reader.member_id:
        raise Problem(403, OF_SOMEBODY_ELSE, remedy=SIGN_IN_AS_THEM)
    return Opened(wish=wish, nonce=nonce, former_email=reader.member.email)


def _sign_in_first(request: Request, token: str) -> Response:
    """Says so, and not whose wish it is: the address may be mistyped and its reader a stranger."""
    onwards = urlencode({"next": f"{CONFIRMING}/{token}"})
    return Surroundings.of(request).render(
        request, "members/sign_in_first.html", status=403, way=f"/sign-in?{onwards}"
    )
