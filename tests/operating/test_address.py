"""An address that cannot work stops the start with a sentence; `make doctor` says more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "gateway"))

from address import faults, findings, is_of_this_machine
from installation import Installation
from machine import machine_settings

SCRIPT = Path(__file__).parents[2] / "deploy" / "gateway" / "address.py"
NAME = "boerse.cluster.example"


def known(_name: str) -> list[str]:
    return ["203.0.113.7"]


def unknown(_name: str) -> list[str]:
    return []


@pytest.mark.parametrize(
    ("host_name", "public_url"),
    [
        ("", "http://localhost:8000"),
        ("", f"https://{NAME}"),
        (NAME, f"https://{NAME}"),
        (NAME, f"https://{NAME}:8443"),
        ("Boerse.Cluster.example", f"https://{NAME}"),
    ],
)
def test_what_fits_is_let_pass(host_name: str, public_url: str) -> None:
    assert list(faults(machine_settings(host_name, public_url), known)) == []


@pytest.mark.parametrize(
    "host_name", [f"https://{NAME}", f"{NAME}/", f"{NAME}:443", "two words", ".example", "-a.b"]
)
def test_a_host_name_stands_alone(host_name: str) -> None:
    [fault] = faults(machine_settings(host_name, f"https://{NAME}"), known)

    assert fault.startswith(f"HOST_NAME={host_name} is no host name")


@pytest.mark.parametrize(
    "public_url", ["http://localhost:8000", f"http://{NAME}", "https://other.example", "https://["]
)
def test_two_addresses_that_do_not_fit_each_other_are_named(public_url: str) -> None:
    [fault] = faults(machine_settings(NAME, public_url), known)

    assert fault.startswith(f"PUBLIC_URL={public_url} does not fit HOST_NAME={NAME}")
    assert f"Set PUBLIC_URL=https://{NAME}" in fault


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KAFKA_HOST", "https://boerse.example", "is no host name"),
        ("KAFKA_HOST", "boerse.example:19094", "is no host name"),
        ("GATEWAY_PORT", "0", "from 1 to 65535"),
        ("GATEWAY_TLS_PORT", "8443-8450", "from 1 to 65535"),
        ("KAFKA_PORT", "x", "from 1 to 65535"),
        ("BACKUP_KEEP", "0", "from 1 to"),
        ("DISK_WARN_PERCENT", "20%", "from 0 to 99"),
    ],
)
def test_a_malformed_setting_is_named_with_what_it_may_be(name: str, value: str, said: str) -> None:
    [fault] = faults(machine_settings() | {name: value}, known)

    assert fault.startswith(f"{name}={value} ")
    assert said in fault


def test_a_name_without_dns_is_named_with_its_records() -> None:
    [fault] = faults(machine_settings(NAME, f"https://{NAME}"), unknown)

    assert fault.startswith(f"HOST_NAME={NAME} has no address in DNS")


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Installation(tmp_path_factory.mktemp("installation"))
    code, said = made.make()
    assert code == 0, said
    return made.secrets / "kafka_keystore.pem"


def job(settings: dict[str, str]) -> tuple[int, str]:
    """Its code and what it said, all of it to its log's end."""
    ended = subprocess.run(  # noqa: S603 - the script under test
        [sys.executable, "-S", SCRIPT],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == ""
    return ended.returncode, ended.stderr


def test_the_job_refuses_in_one_sentence(keystore: Path) -> None:
    code, said = job(machine_settings("no name", "https://no.name", keystore=str(keystore)))

    assert code == 1
    assert said.count("\n") == 1
    assert "HOST_NAME=no name" in said


def test_the_job_refuses_a_key_store_that_kafka_would_end_with(tmp_path: Path) -> None:
    broken = tmp_path / "kafka_keystore.pem"
    broken.write_text("-----BEGIN PRIVATE KEY-----\nbroken")

    code, said = job(machine_settings(keystore=str(broken)))

    assert code == 1
    assert said.count("\n") == 1
    assert said.startswith("kafka_keystore.pem of the secrets holds no key")


def test_the_job_lets_the_shipped_settings_pass(keystore: Path) -> None:
    assert job(machine_settings(keystore=str(keystore))) == (0, "")


class TestFindings:
    def test_a_trial_is_on_this_machine(self) -> None:
        [said] = findings(machine_settings(), unknown)

        assert said.startswith("✓")

    def test_links_without_tls_are_told(self) -> None:
        said, _ = findings(machine_settings("", f"http://{NAME}"), known)

        assert said.startswith(f"! http://{NAME} has no TLS")

    def test_a_name_that_leads_here_is_told_with_the_address(self) -> None:
        [said] = findings(machine_settings(NAME, f"https://{NAME}"), lambda _: ["127.0.0.1"])

        assert said == f"✓ {NAME} leads to 127.0.0.1, of this machine."

    def test_one_that_leads_elsewhere_is_told_as_what_it_can_be(self) -> None:
        [said] = findings(machine_settings(NAME, f"https://{NAME}"), known)

        assert said.startswith(f"! {NAME} leads to 203.0.113.7, which is no address of this")

    @pytest.mark.parametrize(
        ("setting", "value", "remedy"),
        [
            ("GATEWAY_LISTEN", "127.0.0.1", "set GATEWAY_LISTEN= (empty)"),
            ("GATEWAY_PORT", "8000", "set GATEWAY_PORT=80 and GATEWAY_TLS_PORT=443"),
            ("GATEWAY_TLS_PORT", "8443", "set GATEWAY_PORT=80 and GATEWAY_TLS_PORT=443"),
        ],
    )
    def test_what_keeps_visitors_from_the_gateway_is_told(
        self, setting: str, value: str, remedy: str
    ) -> None:
        closed = machine_settings(NAME, f"https://{NAME}") | {setting: value}

        _, said = findings(closed, lambda _: ["127.0.0.1"])

        assert said.startswith("! ")
        assert remedy in said

    def test_an_outer_name_that_is_not_in_dns_is_told(self) -> None:
        [said] = findings(machine_settings("", f"https://{NAME}"), unknown)

        assert said.startswith(f"! {NAME} of PUBLIC_URL has no address in DNS")


@pytest.mark.parametrize(("address", "here"), [("127.0.0.1", True), ("203.0.113.7", False)])
def test_an_address_is_known_as_ones_own(address: str, here: bool) -> None:  # noqa: FBT001 - a case
    assert is_of_this_machine(address) is here
