"""Pages: Jinja templates of one package rendered in the reader's language inside the KERN frame."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Match

from chassis.web.compiled_templates import CompiledTemplates
from chassis.web.form_token import FormToken
from chassis.web.forms import Form
from chassis.web.language import COOKIE, COOKIE_SECONDS, LANGUAGES, Language, language_of
from chassis.web.presentation import Presentation
from chassis.web.refusal import Refusal
from chassis.web.site import Account, Site
from chassis.web.static_files import StaticFiles
from chassis.web.translation import Catalogue

ContextOf = Callable[[Request], Mapping[str, object]]

_COMPILED = {language: CompiledTemplates() for language in LANGUAGES}

_token: ContextVar[FormToken] = ContextVar("form_token")


class Pages:
    """Renders one package's `templates/` with its `locales/`, under the service's prefix."""

    def __init__(
        self, package: str, *, site: Site, prefix: str = "", context: ContextOf | None = None
    ) -> None:
        self.site = site
        self.prefix = prefix
        self.static = StaticFiles(package, prefix=prefix)
        self.catalogue = Catalogue(package)
        self._context = context or (lambda _: {})
        self._environments = {
            language: self._environment(package, language) for language in LANGUAGES
        }

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        public: bool = False,
        headers: Mapping[str, str] | None = None,
        **context: object,
    ) -> HTMLResponse:
        """The page as a response; it is personal, thus stored nowhere, unless `public`."""
        language = language_of(request)
        token = FormToken.of(request)
        frame = {**self._frame(request, language), **self._context(request), **context}
        frame["is_refused"] = any(_is_refused(value) for value in context.values())
        reset = _token.set(token)
        try:
            html = self._environments[language].get_template(template).render(frame)
        finally:
            _token.reset(reset)
        shared = public and not token.used and frame["account"] is None
        response = HTMLResponse(html, status, dict(headers or {}))
        response.headers["Cache-Control"] = "no-cache" if shared else "no-store"
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Language, Cookie"
        token.keep(request, response)
        _keep_language(request, response, language)
        return response

    def text(self, request: Request, message: str, **values: object) -> str:
        """A marked message in the reader's language, for texts made in routes."""
        return self.catalogue.sentence(language_of(request), message, values)

    def _environment(self, package: str, language: Language) -> Environment:
        environment = Environment(
            loader=_loader(package),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=_COMPILED[language],
        )
        environment.filters.update(Presentation(language, ZoneInfo(self.site.time_zone)).filters())
        environment.filters["localised"] = lambda text: text.in_language(language)
        environment.globals.update(self._speech(language))
        environment.globals.update(
            static=self.static.url, url=self.url, form_token=lambda: _token.get().use()
        )
        return environment

    def _speech(self, language: Language) -> dict[str, Callable[..., str]]:
        def said(message: str, **values: object) -> str:
            return self.catalogue.sentence(language, message, values)

        def counted(singular: str, plural: str, number: int, **values: object) -> str:
            chosen = self.catalogue.translations(language).ngettext(singular, plural, number)
            return chosen.format_map({"number": number, **values})

        def explained(refusal: Refusal, text: str, label: str) -> str:
            return said(text, **{"label": said(label), **refusal.values})

        return {"_": said, "gettext": said, "ngettext": counted, "explained": explained}

    def url(self, path: str) -> str:
        """An address of this service: `url("/answers")` with its prefix in front."""
        return f"{self.prefix}{path}"

    def _frame(self, request: Request, language: Language) -> dict[str, object]:
        account: Account | None = getattr(request.state, "account", None)
        return {
            "site": self.site,
            "language": language,
            "language_links": _language_links(request),
            "path": request.url.path,
            "navigation": self.site.links_for(account),
            "current": self.site.current(request.url.path, account),
            "account": account,
            "now": datetime.now(UTC),
        }


def _is_refused(value: object) -> bool:
    return isinstance(value, Form) and value.is_refused


def _loader(package: str) -> BaseLoader:
    chassis = PrefixLoader({"chassis": PackageLoader("chassis.web")})
    try:
        return ChoiceLoader([PackageLoader(package), chassis])
    except ValueError:  # A service without templates still answers with error pages.
        return chassis


def _language_links(request: Request) -> dict[Language, str]:
    """None where no page stands at this address, as with what only answers a pressed button."""
    if not _can_be_opened(request):
        return {}
    url = request.url
    return {language: f"?{url.include_query_params(lang=language).query}" for language in LANGUAGES}


def _can_be_opened(request: Request) -> bool:
    """All routes are asked only where the own one does not tell: to ask one is to build it."""
    if request.method == "GET" and "GET" in getattr(request.scope.get("route"), "methods", ()):
        return True
    opened = {**request.scope, "method": "GET"}
    matches = {route.matches(opened)[0] for route in request.app.routes}
    return Match.FULL in matches or Match.PARTIAL not in matches


def _keep_language(request: Request, response: HTMLResponse, language: Language) -> None:
    if request.query_params.get("lang") == language:
        response.set_cookie(COOKIE, language, COOKIE_SECONDS, samesite="lax", httponly=True)
