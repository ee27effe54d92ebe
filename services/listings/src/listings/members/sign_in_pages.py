"""Pages that sign in and out; a link from a mail shows one button, and only its POST signs in."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.signing import ForgedToken
from chassis.web.access import COOKIE
from chassis.web.forms import Form
from chassis.web.forwarded import source_of
from chassis.web.rate_limit import Buckets, require_allowance
from listings.access import safe_next, signed_in_member
from listings.members import address_storage, nonce_storage, second_click, sign_in
from listings.members.browser import browser_of, forget_links, keep_session
from listings.members.forms import SignInForm
from listings.members.member import Member, normalised_email
from listings.members.registration_storage import unverified
from listings.surroundings import Surroundings
from schemas.claims import LinkClaims, MalformedClaims
from schemas.links import LinkPurpose

AFTER_SIGN_IN = "/my/listings"
PER_ADDRESS = 5
PER_SOURCE = 30
WINDOW = timedelta(hours=1)

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def sign_in_form(request: Request, next: str = "") -> Response:  # noqa: A002 - as in the URL
    """Ask for the e-mail address."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        if await signed_in_member(request, connection) is not None:
            return RedirectResponse(safe_next(next) or AFTER_SIGN_IN, status_code=303)
    form = Form.empty(request, SignInForm, next=safe_next(next) or "")
    return around.render(request, "members/sign_in.html", form=form)


@router.post("/sign-in")
async def send_link(request: Request) -> Response:
    """Send a link, and answer alike whether the address is known or not."""
    around = Surroundings.of(request)
    form = await Form.read(request, SignInForm)
    if form.value is None:
        return around.render(request, "members/sign_in.html", status=422, form=form)
    await spend_allowance(request, around, form.value.email)
    occasion = around.occasion(request)
    async with around.pool.transaction() as connection:
        await sign_in.request_sign_in(
            connection,
            form.value.email,
            next_path=safe_next(form.value.next),
            now=occasion.now,
            cause=occasion.cause,
        )
    return link_sent(request, form.value.email, form.value.next)


@router.get("/sign-in/{token}")
async def confirm_sign_in(request: Request, token: str) -> Response:
    """Show one button: scanners open links in mails, and must not use them up."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        claims = await claims_in(request, connection, token)
        if claims and await address_storage.address_change(connection, claims.member_id):
            # It changes a member's address, which signs nobody in.
            return RedirectResponse(f"/my/data/address/{token}", status_code=303)
    if claims is None or claims.expires_at <= around.clock():
        return await _unusable(request, claims, sign_in.NonceState.EXPIRED)
    async with around.pool.transaction() as connection:
        state = await sign_in.nonce_state(connection, claims.object_id, now=around.clock())
        registration = await unverified(connection, claims.member_id)
        await signed_in_member(request, connection)
    if state is not sign_in.NonceState.OPEN:
        return await _unusable(request, claims, state)
    return around.render(
        request, "members/confirm_sign_in.html", token=token, registration=registration
    )


@router.post("/sign-in/{token}")
async def redeem_link(request: Request, token: str) -> Response:
    """Sign in with a link, once; two clicks of one browser count as one."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        claims = await claims_in(request, connection, token)
    if claims is None or claims.expires_at <= around.clock():
        return await _unusable(request, claims, sign_in.NonceState.EXPIRED)
    occasion = around.occasion(request)
    try:
        async with around.pool.transaction() as connection:
            redeemed = await sign_in.redeem(
                connection,
                claims.object_id,
                member_id=claims.member_id,
                now=occasion.now,
                cause=occasion.cause,
                browser=browser_of(request),
            )
    except sign_in.UnusableNonce:
        return await _used_before(request, claims, now=occasion.now)
    return _signed_in(request, redeemed.member, way=redeemed.next_path, since=occasion.now)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Forget the session in this browser, and the link that began it."""
    await forget_links(request)
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


def link_sent(request: Request, email: str, next_path: str, *, registers: bool = False) -> Response:
    """Says that a link is on its way; whoever tries again still comes to where they wanted.

    Whoever registers gets one in any case; at sign-in nobody learns whether the address is known.
    """
    return Surroundings.of(request).render(
        request,
        "members/link_sent.html",
        email=email,
        next_path=safe_next(next_path),
        registers=registers,
    )


async def spend_allowance(request: Request, around: Surroundings, email: str) -> None:
    """Count an attempt for the address and for where it comes from; 429 beyond the limits."""
    buckets = Buckets(around.settings.key_for("rate limit"))
    source = source_of(request.client.host) if request.client else "unknown"
    # The source first: one that is past its limit must not use up what others are allowed.
    limits = {
        buckets.bucket("sign-in source", source): PER_SOURCE,
        buckets.bucket("sign-in address", normalised_email(email)): PER_ADDRESS,
    }
    for bucket, limit in limits.items():
        async with around.pool.connection() as connection:
            await require_allowance(connection, bucket, limit=limit, per=WINDOW, now=around.clock())


async def claims_in(request: Request, connection: Connection, token: str) -> LinkClaims | None:
    """What a link of a sign-in mail names, expired or not; None where it was altered.

    The page speaks the language of the mail, unless its reader chose one here.
    """
    signer = Surroundings.of(request).settings.link_signer(LinkPurpose.SIGN_IN)
    try:
        claims = LinkClaims.unpacked(signer.verify(token))
    except (ForgedToken, MalformedClaims):
        return None
    request.state.language = await nonce_storage.language_of(connection, claims.member_id)
    return claims


async def _used_before(request: Request, claims: LinkClaims, *, now: datetime) -> Response:
    """A second click gets what the first one did; its own transaction sees that."""
    nonce, person_id = claims.object_id, claims.member_id
    async with Surroundings.of(request).pool.transaction() as connection:
        first = await second_click.first_sign_in(
            connection, nonce, person_id=person_id, browser=browser_of(request), now=now
        )
        state = await sign_in.nonce_state(connection, nonce, now=now)
    if first is None:
        return await _unusable(request, claims, state)
    return _signed_in(request, first.member, way=first.next_path, since=first.at)


def _signed_in(request: Request, member: Member, *, way: str | None, since: datetime) -> Response:
    response = RedirectResponse(safe_next(way) or AFTER_SIGN_IN, status_code=303)
    keep_session(request, response, Surroundings.of(request), member, since=since)
    return response


async def _unusable(
    request: Request, claims: LinkClaims | None, state: sign_in.NonceState
) -> Response:
    """Says why, and a new link leads to where this one was to; whom it signed in goes on there.

    A link of somebody else, or of a wish that was dropped, says so to whoever is signed in.
    """
    around, way = Surroundings.of(request), None
    async with around.pool.transaction() as connection:
        reader = await signed_in_member(request, connection)
        if claims is not None:
            way = await nonce_storage.way_of(connection, claims.object_id)
    if reader is not None and (claims is None or claims.member_id == reader.member_id):
        return RedirectResponse(safe_next(way) or AFTER_SIGN_IN, status_code=303)
    return around.render(
        request,
        "members/link_unusable.html",
        status=410,
        state=state.name.lower(),
        next_path=safe_next(way),
    )
