"""The web application of a service: its routers inside the frame that all of them share."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Depends, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Lifespan

from chassis.web.form_token import require_own_form
from chassis.web.frame import Frame, Observe
from chassis.web.limits import DEFAULT_BODY_BYTES, BodyLimit, require_printable_text
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from chassis.web.problems import Problems

MINIMUM_KEY_BYTES = 32

_GUARDS = (Depends(require_printable_text), Depends(require_own_form))

_kept: dict[tuple[object, ...], APIRouter] = {}
"""The last ones; they hold their routers, whose ids are therefore nobody else's."""


def create_app(
    *,
    title: str,
    pages: Pages,
    form_keys: Sequence[bytes],
    routers: Sequence[APIRouter],
    lifespan: Lifespan[FastAPI] | None = None,
    observe: Observe | None = None,
    body_bytes: int = DEFAULT_BODY_BYTES,
    larger_bodies: Mapping[str, int] | None = None,
) -> FastAPI:
    """Assemble a service: routers lie under the pages' prefix, JSON routes under its `/api`.

    `form_keys` are the same for all replicas, the first makes tokens; `larger_bodies` names paths
    that take more than `body_bytes`, for uploads; `observe(method, route, status, seconds)` sees
    every answer.
    """
    if not form_keys or any(len(key) < MINIMUM_KEY_BYTES for key in form_keys):
        raise ValueError(f"form_keys needs at least one key of {MINIMUM_KEY_BYTES} bytes")
    app = FastAPI(
        title=title,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{pages.prefix}/api/openapi.json",
        dependencies=_GUARDS,
    )
    app.state.form_keys = tuple(form_keys)
    app.state.pages = pages
    app.router.routes.extend(_guarded(routers, pages.prefix).routes)
    static = f"{pages.prefix}/static/{{version}}/{{name:path}}"
    app.add_api_route(static, pages.static.answer, include_in_schema=False)
    _add_layers(app, pages, observe, body_bytes, dict(larger_bodies or {}))
    return app


def _guarded(routers: Sequence[APIRouter], prefix: str) -> APIRouter:
    """Kept for the next application of the same routers, as tests make many: to build is slow."""
    key = (prefix, *map(id, routers))
    if key not in _kept:
        _kept.clear()
        together = _kept[key] = APIRouter(dependencies=_GUARDS)
        for router in routers:
            together.include_router(router, prefix=prefix)
    return _kept[key]


def _add_layers(
    app: FastAPI, pages: Pages, observe: Observe | None, body_bytes: int, larger: dict[str, int]
) -> None:
    problems = Problems(pages)
    problems.install(app)

    def explain(request: Request, status: int) -> Response:
        return problems.answer(_with_app(request, app), Problem(status))

    app.add_middleware(BodyLimit, limit=body_bytes, larger=larger)
    app.add_middleware(Frame, explain=explain, observe=observe)


def _with_app(request: Request, app: FastAPI) -> Request:
    # Outside the application's own layers nothing has put it into the scope yet.
    request.scope["app"] = app
    return request
