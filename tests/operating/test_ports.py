"""A port that somebody else has is named with its setting before an `up` meets it; ours is not."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "doctor"))

from composed_files import containers, text
from ports import SETTINGS, Port, answers, held, published, refusal, told

from embedded.ports import free_port

NOBODY = 65534
NO_ADDRESS_HERE = "192.0.2.7"


@pytest.fixture(params=["127.0.0.1", "0.0.0.0", "::1", "::"])  # noqa: S104 - as somebody would
def listener(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    """On each address, `::` as most programs do, for IPv4 as well."""
    address = request.param
    try:
        if address == "::":
            made = socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        else:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            made = socket.create_server((address, 0), family=family)
    except (OSError, ValueError):
        pytest.skip("no IPv6 here")
    with closing(made):
        yield made


@pytest.fixture
def somebody_elses() -> Iterator[int]:
    """A port of this machine alone that is taken."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made.getsockname()[1]


@pytest.fixture
def without_privilege() -> Iterator[None]:
    """As an operator who is not root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def the_gateways(number: int, **other: Any) -> Port:
    asked: dict[str, Any] = {"service": "gateway", "target": 80, "address": "127.0.0.1"}
    return Port(**(asked | {"number": number} | other))


def container(service: str, address: str, port: int) -> dict[str, Any]:
    """What `docker inspect` prints of one that has this port, and has another unpublished."""
    places = [{"HostIp": address, "HostPort": str(port)}]
    return {
        "Config": {"Labels": {"com.docker.compose.service": service}},
        "NetworkSettings": {"Ports": {"80/tcp": places, "2019/tcp": None}},
    }


class TestTaken:
    def test_on_whichever_address_it_is_no_other_can_have_every_one(
        self, listener: socket.socket
    ) -> None:
        number = listener.getsockname()[1]

        [said] = told([the_gateways(number, address="")], held([]))

        assert said.startswith(f"✗ GATEWAY_PORT={number} is taken at ")
        assert "set another GATEWAY_PORT in deploy/.env (PUBLIC_URL has it" in said
        assert said.endswith(f"says: sudo ss -lntp 'sport = :{number}'")

    def test_the_family_in_which_it_is_free_is_not_named(self, somebody_elses: int) -> None:
        [said] = told([the_gateways(somebody_elses, address="")], held([]))

        assert "is taken at 0.0.0.0: set" in said

    def test_another_address_of_this_machine_is_free(self, somebody_elses: int) -> None:
        assert list(told([the_gateways(somebody_elses, address="127.0.0.2")], held([]))) == []

    def test_what_our_own_container_has_is_ours(self, somebody_elses: int) -> None:
        ours = held([container("gateway", "127.0.0.1", somebody_elses)])

        assert list(told([the_gateways(somebody_elses)], ours)) == []

    def test_what_another_container_of_ours_has_is_not(self, somebody_elses: int) -> None:
        ours = held([container("mail", "127.0.0.1", somebody_elses)])

        assert len(list(told([the_gateways(somebody_elses)], ours))) == 1

    def test_one_that_no_setting_names_is_named_by_its_service(self, somebody_elses: int) -> None:
        own = Port(service="postgres", target=5432, address="127.0.0.1", number=somebody_elses)

        [said] = told([own], held([]))

        assert said.startswith(f"✗ The port {somebody_elses} of postgres is taken at 127.0.0.1: ")

    def test_a_profile_that_was_not_asked_for_is_worth_knowing(self, somebody_elses: int) -> None:
        port = the_gateways(somebody_elses, service="grafana", target=3000, profile="monitoring")

        [said] = told([port], held([]))

        assert said.startswith(f"! GRAFANA_PORT={somebody_elses} is taken")
        assert said.endswith("Only the profile monitoring wants it.")

    def test_a_connection_that_just_ended_takes_nothing(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            number = server.getsockname()[1]
            with socket.create_connection(("127.0.0.1", number)):
                server.accept()[0].close()

        assert list(told([the_gateways(number)], held([]))) == []


class TestLowPorts:
    @pytest.mark.usefixtures("without_privilege")
    def test_one_that_only_the_engine_may_take_is_not_said_to_be_taken(self) -> None:
        assert refusal("127.0.0.1", 1, "tcp") == 0

    def test_whether_somebody_has_it_is_found_by_knocking(self, somebody_elses: int) -> None:
        assert answers("0.0.0.0", somebody_elses)  # noqa: S104 - as compose names it
        assert not answers("0.0.0.0", free_port())  # noqa: S104 - the same


def test_an_address_of_another_machine_is_named_once_with_its_setting() -> None:
    ports = [the_gateways(free_port(), address=NO_ADDRESS_HERE) for _ in range(2)]
    ours = held([container("gateway", "127.0.0.1", each.number) for each in ports])

    said = dict.fromkeys(told(ports, ours))

    assert "".join(said) == (
        f"✗ GATEWAY_LISTEN={NO_ADDRESS_HERE} is no address of this machine:"
        " set one that `ip address` shows."
    )


@pytest.mark.parametrize(
    ("other", "meet"),
    [("127.0.0.1", True), ("", True), ("0.0.0.0", True), ("127.0.0.2", False), ("::", False)],  # noqa: S104
)
def test_two_settings_that_want_one_port_are_told(*, other: str, meet: bool) -> None:
    number = free_port()
    kafka = Port(service="kafka", target=9094, address=other, number=number)

    said = [each for each in told([the_gateways(number), kafka], held([])) if "same" in each]

    wanted = f"✗ GATEWAY_PORT={number} and KAFKA_PORT={number} want the same port: "
    assert [each.startswith(wanted) for each in said] == [True] * meet


def test_what_compose_publishes_is_read_with_its_profile() -> None:
    mail = {"profiles": ["mail"], "ports": [a_place("8025", host_ip="127.0.0.1")]}
    config = {
        "services": {
            "gateway": {"ports": [a_place("8000"), a_place("9000-9010"), a_place(None)]},
            "mail": mail,
        }
    }

    assert list(published(config, runs=["gateway"])) == [
        Port(service="gateway", target=80, address="", number=8000),
        Port(service="mail", target=80, address="127.0.0.1", number=8025, profile="mail"),
    ]
    assert [each.profile for each in published(config, runs=["gateway", "mail"])] == ["", ""]


def a_place(number: str | None, **more: str) -> dict[str, Any]:
    given = {} if number is None else {"published": number}
    return {"mode": "ingress", "target": 80, "protocol": "tcp", **given, **more}


def test_each_port_has_the_setting_that_compose_reads_it_from() -> None:
    found = {
        (name, int(own)): setting
        for name, each in containers().items()
        for place in each.get("ports", ())
        for setting, own in re.findall(r"\$\{(\w+_PORT)[^}]*\}:(\d+)$", place)
    }
    lines = [line for line in text().splitlines() if line.lstrip().startswith("ports:")]

    assert found.items() <= SETTINGS.items()
    assert set(re.findall(r"\$\{(\w+_PORT)", "\n".join(lines))) == set(SETTINGS.values())
