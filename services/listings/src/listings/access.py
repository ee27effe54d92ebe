"""Who sent a request: a session cookie on pages, an API token under `/api`; never both."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.signing import SessionVerifier
from chassis.web.access import session_claims, still_holds
from chassis.web.problem import Problem
from chassis.web.problems import Problems
from chassis.web.translation import mark
from listings.members import storage
from listings.members.member import Member
from listings.members.tokens import member_id_of_token
from listings.organisations.organisation import Organisation
from listings.organisations.queries import organisations_of_member
from listings.settings import ListingsSettings
from listings.site import account_of
from listings.surroundings import Surroundings
from schemas.claims import SessionClaims
from schemas.frame import OPERATORS
from schemas.vocabulary import Role

LONGEST_NEXT = 500
OWN_PAGE = "/my/listings"
_BEARER = "bearer "
_API_PREFIX = "/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The member behind a request and the organisations they may act for."""

    member: Member
    organisations: tuple[Organisation, ...]

    @property
    def member_id(self) -> UUID:
        return self.member.id

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(self.member.roles)

    @property
    def belongs(self) -> bool:
        """Whether somebody let them in: an address of their own anybody can verify."""
        return bool(self.member.organisation_ids) or not self.roles.isdisjoint(OPERATORS)

    def acts_for(self, organisation_id: UUID) -> bool:
        return organisation_id in self.member.organisation_ids

    def has_role(self, *roles: Role) -> bool:
        """Whether one of these is among theirs; an admin may do everything."""
        return not self.roles.isdisjoint({*roles, Role.ADMIN})


class SignInNeeded(Exception):
    """The page is only for members; whoever asked is sent to sign in and comes back."""


class OrganisationNeeded(Exception):
    """The page is only for who acts for an organisation; others are sent to read how they may."""


def prepare(app: FastAPI, settings: ListingsSettings) -> None:
    """Give the application what this module needs; `app.py` calls it once."""
    app.state.session_verifier = settings.session_verifier()
    app.add_exception_handler(SignInNeeded, _to_sign_in)
    app.add_exception_handler(OrganisationNeeded, _to_own_page)


async def signed_in_member(request: Request, connection: Connection) -> SignedIn | None:
    """Whoever sent the request, shown in the page's header from now on; None for a visitor."""
    member = await _member(request, connection)
    if member is None:
        return None
    request.state.account = account_of(member)
    organisations = await organisations_of_member(connection, member.id)
    return SignedIn(member=member, organisations=organisations)


async def require_member(request: Request, connection: Connection) -> SignedIn:
    """Like `signed_in_member`; a visitor is sent to sign in, or told so in JSON."""
    signed_in = await signed_in_member(request, connection)
    if signed_in is not None:
        return signed_in
    if _is_api(request):
        raise Problem(
            401,
            mark("Diese Adresse braucht einen gültigen API-Schlüssel."),
            remedy=mark(
                "Senden Sie „Authorization: Bearer …“ mit einem Schlüssel aus Ihrem Bereich."
            ),
            headers={"WWW-Authenticate": "Bearer"},
        )
    raise SignInNeeded


async def require_role(request: Request, connection: Connection, *roles: Role) -> SignedIn:
    """Like `require_member`; members without one of the roles are refused with 403."""
    signed_in = await require_member(request, connection)
    if not signed_in.has_role(*roles):
        raise Problem(403)
    return signed_in


def safe_next(path: str | None) -> str | None:
    """A path of this origin to go on to, or None: never another site, or one too long for forms."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return None
    return path if path.isprintable() and len(path) <= LONGEST_NEXT else None


async def _member(request: Request, connection: Connection) -> Member | None:
    if _is_api(request):
        return await _member_of_token(request, connection)
    return await _member_of_session(request, connection)


async def _member_of_token(request: Request, connection: Connection) -> Member | None:
    header = request.headers.get("authorization", "")
    if not header.lower().startswith(_BEARER):
        return None
    around = Surroundings.of(request)
    today = around.clock().astimezone(ZoneInfo(around.settings.time_zone)).date()
    token = header[len(_BEARER) :].strip()
    member_id = await member_id_of_token(connection, token, today=today)
    return None if member_id is None else await storage.member(connection, member_id)


async def _member_of_session(request: Request, connection: Connection) -> Member | None:
    verifier: SessionVerifier = request.app.state.session_verifier
    claims = session_claims(request, verifier=verifier, unpacked=SessionClaims.unpacked)
    if claims is None:
        return None
    member = await storage.member(connection, claims.subject_id)
    now = Surroundings.of(request).clock()
    if member is None or not still_holds(claims, valid_from=member.sessions_valid_from, now=now):
        return None
    return member


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(_API_PREFIX)


async def _to_sign_in(request: Request, _error: Exception) -> Response:
    if request.method != "GET":
        return await Problems(request.app.state.pages).answer_keeping(request, Problem(401))
    query = f"?{request.url.query}" if request.url.query else ""
    wanted = f"{request.url.path}{query}"
    response = RedirectResponse(f"/sign-in?{urlencode({'next': wanted})}", status_code=303)
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_own_page(_request: Request, _error: Exception) -> Response:
    return RedirectResponse(OWN_PAGE, status_code=303)
