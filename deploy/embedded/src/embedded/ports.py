"""Free ports on loopback, each given out once and out of the range of outgoing connections.

A port in that range could be taken by any outgoing connection while its server is down, even by
the very client that tries to reconnect; a server that was killed must get its port back.
"""

import random
import socket

_RANGE = range(20_000, 32_000)
_given_out: set[int] = set()


class PortTaken(RuntimeError):
    """A port that was asked for is in use."""


class NotStarted(RuntimeError):
    """A server was asked for its port before it was started."""

    def __init__(self, server: str) -> None:
        super().__init__(f"{server} is not started: its port is not known yet")


def port_or_free(port: int | None) -> int:
    """Answer the given port when it is free, or any free one."""
    if port is None:
        return free_port()
    if not _is_free(port):
        message = f"port {port} is in use: stop what listens there or choose another one"
        raise PortTaken(message)
    return port


def free_port() -> int:
    candidates = (port for port in _shuffled() if port not in _given_out and _is_free(port))
    port = next(candidates)
    _given_out.add(port)
    return port


def _shuffled() -> list[int]:
    return random.sample(_RANGE, k=len(_RANGE))


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
