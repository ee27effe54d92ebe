"""Free ports on loopback, each given out once and out of the range of outgoing connections.

A port in that range could be taken by any outgoing connection while its server is down, even by
the very client that tries to reconnect; a server that was killed must get its port back. Nor does
another process of ours get one, from when it was given out: three test runs go on at once.
"""

import random
import socket

_RANGE = range(20_000, 32_000)


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
    return next(port for port in _shuffled() if _is_free(port) and _kept(port))


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


def _kept(port: int) -> bool:
    """Take the same number in UDP, which nobody speaks here, up to the end of this process."""
    keeper = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        keeper.bind(("127.0.0.1", port))
    except OSError:
        keeper.close()
        return False
    keeper.detach()
    return True
