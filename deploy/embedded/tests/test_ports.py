"""A port is free, given out once, and out of the range of outgoing connections."""

import socket
import subprocess
import sys

import pytest

from embedded import ports
from embedded.ports import PortTaken, free_port, port_or_free

ANOTHER = "from embedded.ports import free_port; print(free_port(), flush=True); input()"


class TestPorts:
    def test_no_port_is_given_out_twice(self) -> None:
        given = [free_port() for _ in range(50)]

        assert len(set(given)) == len(given)
        assert all(20_000 <= port < 32_000 for port in given)

    def test_none_is_given_out_that_another_process_was_given_and_has_not_bound_yet(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        command = (sys.executable, "-c", ANOTHER)
        with subprocess.Popen(  # noqa: S603 - our own lines
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as another:
            assert another.stdout is not None
            taken = int(another.stdout.readline())
            monkeypatch.setattr(ports, "_RANGE", range(taken, taken + 1))

            with pytest.raises(StopIteration):
                free_port()

            another.communicate("\n")

    def test_a_port_that_is_asked_for_is_taken(self) -> None:
        port = free_port()

        assert port_or_free(port) == port

    def test_a_port_in_use_is_refused_with_the_remedy(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]

            with pytest.raises(PortTaken, match=f"port {port} is in use: stop what listens"):
                port_or_free(port)
