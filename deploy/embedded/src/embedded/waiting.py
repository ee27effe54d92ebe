"""Waiting: a condition is asked again until it holds or time is up; nothing is slept for."""

import socket
import time
from collections.abc import Callable
from threading import Event

_PAUSE_SECONDS = 0.05


class NotReadyInTime(TimeoutError):
    """A server did not become ready within its limit."""


class WaitingGivenUp(RuntimeError):
    """Nobody needs what was waited for any more."""


def wait_until(
    condition: Callable[[], bool],
    *,
    limit_seconds: float,
    waiting_for: str,
    given_up: Event | None = None,
) -> None:
    """Return once `condition` holds; whatever it raises ends the waiting.

    So does `given_up`, with `WaitingGivenUp`: another thread sets it.
    """
    deadline = time.monotonic() + limit_seconds
    while not condition():
        if given_up is not None and given_up.is_set():
            raise WaitingGivenUp(waiting_for)
        if time.monotonic() > deadline:
            message = f"{waiting_for}: not ready after {limit_seconds:.0f} s"
            raise NotReadyInTime(message)
        time.sleep(_PAUSE_SECONDS)


def accepts_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
