"""Static files, held in memory under an address with their content's hash, so caches never ask."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

COMPRESSED_TYPES = ("text/", "image/svg+xml", "application/json")
IMMUTABLE = "public, max-age=31536000, immutable"
TYPES = {".woff2": "font/woff2", ".css": "text/css", ".svg": "image/svg+xml", ".md": "text/plain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    content: bytes
    compressed: bytes | None
    media_type: str


class StaticFiles:
    """The chassis's own files and those of the given packages' `static` folders."""

    def __init__(self, *packages: str, prefix: str = "") -> None:
        self._files = {
            name: _static_file(name, content)
            for package in ("chassis.web", *packages)
            for name, content in _contents(files(package).joinpath("static"), "")
        }
        self.version = self._digest()
        self._root = f"{prefix}/static/{self.version}"

    def url(self, name: str) -> str:
        if name not in self._files:
            msg = f"no static file {name!r}"
            raise LookupError(msg)
        return f"{self._root}/{name}"

    async def answer(self, request: Request) -> Response:
        """Serve one file; an address with an old hash still finds the file, but is not kept."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        current = request.path_params["version"] == self.version
        headers = {"Cache-Control": IMMUTABLE if current else "no-cache", "Vary": "Accept-Encoding"}
        body = found.content
        if found.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body = found.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=found.media_type, headers=headers)

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for name in sorted(self._files):
            digest.update(
                name.encode() + b"\0" + hashlib.sha256(self._files[name].content).digest()
            )
        return digest.hexdigest()[:12]


def _contents(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    if not folder.is_dir():
        return []
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        name = f"{path}{entry.name}"
        found += _contents(entry, f"{name}/") if entry.is_dir() else [(name, entry.read_bytes())]
    return found


def _static_file(name: str, content: bytes) -> StaticFile:
    suffix = "." + name.rpartition(".")[2]
    media_type = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    compressed = _compressed(content) if media_type.startswith(COMPRESSED_TYPES) else None
    return StaticFile(content=content, compressed=compressed, media_type=media_type)


@cache
def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
