"""Which language a reader gets: the one chosen here, else that of a mail, else the browser's.

Chosen by `?lang`, then by the cookie; a page behind a mail's link says in `request.state.language`
in which the mail was. German is first.
"""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "de"
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600


class Localised(BaseModel):
    """A short text that comes from configuration and therefore carries its own translations."""

    model_config = ConfigDict(frozen=True)

    de: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.en if language == "en" else self.de


def language_of(request: Request) -> Language:
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    return (
        _known(chosen)
        or _known(getattr(request.state, "language", None))
        or accepted_language(request.headers.get("accept-language", ""))
    )


def accepted_language(header: str) -> Language:
    """The best known language of an Accept-Language header."""
    weighted = [_weighted(part) for part in header.split(",")[:20]]
    for _, tag in sorted(weighted, key=lambda pair: -pair[0]):
        if known := _known(tag):
            return known
    return DEFAULT_LANGUAGE


def _weighted(part: str) -> tuple[float, str]:
    tag, _, quality = part.partition(";")
    try:
        weight = float(quality.strip().removeprefix("q=") or 1)
    except ValueError:
        weight = 0.0
    return weight, tag.strip().split("-")[0].lower()


def _known(tag: str | None) -> Language | None:
    return next((language for language in LANGUAGES if language == tag), None)
