"""An ASGI application served from a thread of this process, on loopback only."""

import threading
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from embedded.ports import NotStarted, port_or_free
from embedded.waiting import wait_until

_START_LIMIT_SECONDS = 60
_OPEN_STREAMS_END_WITHIN_SECONDS = 1


class HttpServer:
    """Serves one application; stopped, it can be started again on the same port."""

    def __init__(self, app: ASGIApp, *, port: int | None = None) -> None:
        self._app = app
        self._port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        self._port = port_or_free(self._port)
        server = self._server = uvicorn.Server(self._config(self._port))
        thread = self._thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_until(
            lambda: server.started or not thread.is_alive(),
            limit_seconds=_START_LIMIT_SECONDS,
            waiting_for=self.url,
        )
        if not server.started:
            raise RuntimeError(f"{self.url} could not be served")
        return self

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()

    @property
    def port(self) -> int:
        if self._port is None:
            raise NotStarted("the HTTP server")
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _config(self, port: int) -> uvicorn.Config:
        return uvicorn.Config(
            self._app,
            port=port,
            ws="none",
            log_config=None,
            access_log=False,
            # The peer's address is the truth here; forwarding is the gateway's own business.
            proxy_headers=False,
            timeout_graceful_shutdown=_OPEN_STREAMS_END_WITHIN_SECONDS,
        )
