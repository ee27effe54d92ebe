"""A port is free, given out once, and out of the range of outgoing connections."""

import socket

import pytest

from embedded.ports import PortTaken, free_port, port_or_free


class TestPorts:
    def test_no_port_is_given_out_twice(self) -> None:
        ports = [free_port() for _ in range(50)]

        assert len(set(ports)) == len(ports)
        assert all(20_000 <= port < 32_000 for port in ports)

    def test_a_port_that_is_asked_for_is_taken(self) -> None:
        port = free_port()

        assert port_or_free(port) == port

    def test_a_port_in_use_is_refused_with_the_remedy(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]

            with pytest.raises(PortTaken, match=f"port {port} is in use: stop what listens"):
                port_or_free(port)
