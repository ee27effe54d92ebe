"""Pages where an administrator sees who has which role, grants one and takes it away."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.access import SignedIn, require_role
from listings.members import granting, queries, storage
from listings.members.forms import GrantForm
from listings.members.labels import DUTIES, ROLES
from listings.members.member import Member, UnknownMember
from listings.surroundings import Surroundings
from schemas.vocabulary import Role

HERE = "/moderation/roles"
UNKNOWN_ADDRESS = mark("„{label}“: Mit dieser Adresse ist niemand Mitglied.")
REGISTER_FIRST = mark(
    "Prüfen Sie die Schreibweise, oder bitten Sie die Person, sich zu registrieren."
)
NOT_YET = mark("Das ist noch nicht möglich")
LAST_ADMINISTRATOR = mark("Außer dieser Person hat niemand die Rolle Verwaltung.")
ANOTHER_FIRST = mark(
    "Vergeben Sie die Rolle zuerst an jemand anderen; sonst könnte niemand mehr Rollen vergeben."
)

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def roles(request: Request, done: str = "") -> Response:
    """Show who has which role."""
    async with Surroundings.of(request).pool.transaction() as connection:
        admin = await require_role(request, connection, Role.ADMIN)
        return await _page(request, connection, admin, Form.empty(request, GrantForm), done=done)


@router.post(HERE)
async def grant(request: Request) -> Response:
    """Give a role to the member with an address."""
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    form = await Form.read(request, GrantForm)
    async with around.pool.transaction() as connection:
        admin = await require_role(request, connection, Role.ADMIN)
        if form.value is None:
            return await _page(request, connection, admin, form)
        try:
            await granting.grant_role(
                connection,
                form.value.email,
                form.value.role,
                by=str(admin.member_id),
                now=occasion.now,
                cause=occasion.cause,
            )
        except UnknownMember:
            refused = form.refused("email", UNKNOWN_ADDRESS, REGISTER_FIRST)
            return await _page(request, connection, admin, refused)
    return RedirectResponse(f"{HERE}?done=granted", status_code=303)


@router.get(f"{HERE}/{{member_id:uuid}}/{{role}}/revoke")
async def before_revoking(request: Request, member_id: UUID, role: Role) -> Response:
    """Say what it means to take a role, above all one's own, and ask once again."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        admin = await require_role(request, connection, Role.ADMIN)
        member = await _operator(connection, member_id, role)
    return around.render(
        request,
        "members/revoke_role.html",
        member=member,
        role=role,
        roles=ROLES,
        is_oneself=member.id == admin.member_id,
        here=HERE,
    )


@router.post(f"{HERE}/{{member_id:uuid}}/{{role}}/revoke")
async def revoke(request: Request, member_id: UUID, role: Role) -> Response:
    """Take a role; who gave up the one that opens this page is led to their own."""
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    async with around.pool.transaction() as connection:
        admin = await require_role(request, connection, Role.ADMIN)
        await _operator(connection, member_id, role)
        try:
            await granting.revoke_role(
                connection,
                member_id,
                role,
                by=str(admin.member_id),
                now=occasion.now,
                cause=occasion.cause,
            )
        except granting.LastAdministrator:
            raise Problem(409, LAST_ADMINISTRATOR, title=NOT_YET, remedy=ANOTHER_FIRST) from None
    stays = (member_id, role) != (admin.member_id, Role.ADMIN)
    return RedirectResponse(f"{HERE}?done=revoked" if stays else "/my/data", status_code=303)


async def _operator(connection: Connection, member_id: UUID, role: Role) -> Member:
    """Whoever has, or had until a moment ago, a role that can be taken."""
    member = await storage.member(connection, member_id)
    if member is None or role not in DUTIES:
        raise Problem(404)
    return member


async def _page(
    request: Request,
    connection: Connection,
    admin: SignedIn,
    form: Form[GrantForm],
    *,
    done: str = "",
) -> Response:
    around = Surroundings.of(request)
    named = {role: around.pages.text(request, ROLES[role]) for role in DUTIES}
    operators = await queries.operators(connection)
    held = [[role for role in DUTIES if role in each.roles] for each in operators]
    names = [", ".join(named[role] for role in own) for own in held]
    return around.render(
        request,
        "members/roles.html",
        status=422 if form.is_refused else 200,
        operators=zip(operators, held, names, strict=True),
        is_last_admin=sum(Role.ADMIN in each.roles for each in operators) == 1,
        admin=admin,
        form=form,
        roles=ROLES,
        duties=DUTIES,
        choices=[(role.value, name) for role, name in named.items()],
        done=done,
    )
