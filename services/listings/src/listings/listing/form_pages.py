"""The form of a listing: writing a new one, changing an existing one; nothing typed is lost."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.access import OrganisationNeeded, SignedIn, require_member
from listings.listing import commands, storage
from listings.listing.area import Area
from listings.listing.checked_form import (
    ListingForm,
    checked,
    digest_of,
    for_somebody,
    listing_id_of,
    says_the_successor,
    stands_already,
    unless_changed,
)
from listings.listing.form_values import form_values
from listings.listing.life_cycle import Act, may
from listings.listing.listing import Listing
from listings.listing.succession_storage import successor_of
from listings.places import laender
from listings.surroundings import Surroundings
from schemas.listing import ListingContent
from schemas.vocabulary import Cooperation, Language, ListingKind, ListingStatus, Visibility

ENDED = mark("Dieser Eintrag ist beendet und lässt sich nicht mehr ändern.")
POST_AGAIN = mark("Stellen Sie ihn unter „Mein Bereich“ neu ein.")
AREAS = (
    (Area.RADIUS, mark("Im Umkreis der Postleitzahl")),
    (Area.LAENDER, mark("In einzelnen Bundesländern")),
    (Area.NATIONWIDE, mark("Bundesweit")),
)


router = APIRouter(include_in_schema=False)


@router.get("/listings/new")
async def blank(request: Request, kind: str = "") -> Response:
    """An empty form; `?kind=offer` or `?kind=request` chooses what it is."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        author = await _author(request, connection)
    known = {"kind": kind} if kind in tuple(ListingKind) else {}
    return form_page(around, request, author, Form.empty(request, ListingForm, **known))


@router.post("/listings/new")
async def write(request: Request) -> Response:
    """Keep a draft, or submit."""
    around = Surroundings.of(request)
    form = await Form.read(request, ListingForm)
    async with around.pool.transaction() as connection:
        author = await _author(request, connection)
        form, content = checked(around, for_somebody(form, author), author)
        if form.value is None or content is None:
            return form_page(around, request, author, form, status=422)
        occasion = around.occasion(request)
        draft = await commands.draft_listing(
            connection,
            content,
            organisation_id=form.value.organisation_id or author.organisations[0].id,
            member_id=author.member_id,
            now=occasion.now,
            listing_id=listing_id_of(form.value.form_id, content, author_id=author.member_id),
        )
        if form.value.act == "submit" and draft.status is ListingStatus.DRAFT:
            await commands.submit_listing(connection, draft.id, occasion)
    return _to_listing(draft)


@router.get("/my/listings/{listing_id:uuid}/edit")
async def existing(request: Request, listing_id: UUID) -> Response:
    """The form with what the listing says now."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        author = await _author(request, connection)
        listing = _own(await storage.listing(connection, listing_id), author)
    written = listing.pending or listing.content
    form = Form.empty(
        request,
        ListingForm,
        **form_values(written),
        changes=digest_of(written),
        organisation_id=listing.organisation_id,
    )
    return form_page(around, request, author, form, listing=listing)


@router.post("/my/listings/{listing_id:uuid}/edit")
async def change(request: Request, listing_id: UUID) -> Response:
    """Change the text; drafts and refused listings can be submitted with it."""
    around = Surroundings.of(request)
    form = await Form.read(request, ListingForm)
    async with around.pool.transaction() as connection:
        author = await _author(request, connection)
        listing = await commands.locked(connection, listing_id)
        successor = await successor_of(connection, listing)
        if successor is not None and says_the_successor(around, form, author, successor):
            return _to_listing(successor)
        listing = _own(listing, author)
        form, content = checked(around, form, author, before=listing)
        if form.value is None or content is None:
            return form_page(around, request, author, form, status=422, listing=listing)
        submit = form.value.act == "submit"
        if not stands_already(form, content, listing.latest):
            form = unless_changed(form, listing.latest)
        elif not (submit and may(listing.status, Act.SUBMIT)):
            return _to_listing(listing)
        if form.value is None:
            return form_page(around, request, author, form, status=409, listing=listing)
        changed = await change_listing(around, request, connection, listing, content, submit=submit)
    return _to_listing(changed)


def _to_listing(listing: Listing) -> Response:
    return RedirectResponse(f"/my/listings/{listing.id}", status_code=303)


async def change_listing(
    around: Surroundings,
    request: Request,
    connection: Connection,
    listing: Listing,
    content: ListingContent,
    *,
    submit: bool,
) -> Listing:
    if listing.is_live:
        content = content.model_copy(update={"kind": listing.content.kind})
    occasion = around.occasion(request)
    changed = await commands.revise_listing(connection, listing.id, content, occasion)
    if submit and may(changed.status, Act.SUBMIT):
        return await commands.submit_listing(connection, changed.id, occasion)
    return changed


async def _author(request: Request, connection: Connection) -> SignedIn:
    author = await require_member(request, connection)
    if not author.organisations:
        raise OrganisationNeeded
    return author


def _own(listing: Listing | None, author: SignedIn) -> Listing:
    if listing is None or not author.acts_for(listing.organisation_id):
        raise Problem(404)
    if listing.status is ListingStatus.CLOSED:
        raise Problem(409, ENDED, remedy=POST_AGAIN)
    return listing


def form_page(
    around: Surroundings,
    request: Request,
    author: SignedIn,
    form: Form[ListingForm],
    *,
    status: int = 200,
    listing: Listing | None = None,
    can_preview: bool = True,
) -> Response:
    """The form; who would fit is asked by whoever is signed in, for matching counts by member."""
    return around.render(
        request,
        "listing/form.html",
        status=status,
        form=form,
        listing=listing,
        can_preview=can_preview,
        organisations=[(str(each.id), each.name) for each in author.organisations],
        is_trusted=any(each.is_trusted for each in author.organisations),
        categories=around.categories,
        laender=[(land, land) for land in laender()],
        areas=_areas(around, request),
        kinds=around.choices(request, ListingKind),
        cooperations=around.choices(request, Cooperation),
        languages=around.choices(request, Language),
        visibilities=around.choices(request, reversed(Visibility)),
    )


def _areas(around: Surroundings, request: Request) -> Sequence[tuple[str, str]]:
    return [(area.value, around.pages.text(request, label)) for area, label in AREAS]
