"""A key store that Kafka would end with stops the start; one that partners refuse is said."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "gateway"))

from installation import Installation
from keystore import unbelieved, unusable
from machine import configured, machine_settings

SCRIPT = Path(__file__).parents[2] / "deploy" / "gateway" / "keystore.py"
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
Broken = Callable[[str], str]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("installation"))
    code, said = made.make()
    assert code == 0, said
    return made


def openssl(words: str) -> str:
    asked = ["openssl", *words.split()]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout  # noqa: S603


def with_another_key(text: str) -> str:
    key = openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256")
    return key + text[text.index(CERTIFICATE) :]


def locked(text: str) -> str:
    key = openssl("genpkey -algorithm ED25519 -aes256 -pass pass:word")
    return key + text[text.index(CERTIFICATE) :]


def test_what_make_secrets_writes_can_be_used_and_is_believed(installation: Installation) -> None:
    keystore = installation.secrets / "kafka_keystore.pem"

    assert unusable(keystore) is None
    assert unbelieved(keystore, installation.secrets / "kafka_ca.pem", host="localhost") is None


@pytest.mark.parametrize(
    "broken",
    [
        lambda _: "",
        lambda text: text[: text.index(CERTIFICATE)],
        lambda text: text[text.index(CERTIFICATE) :],
        lambda text: text.replace("PRIVATE KEY", "EC PRIVATE KEY"),
        lambda text: f"{text[:80]}!!!{text[83:]}",
        with_another_key,
        locked,
    ],
    ids=["empty", "key alone", "no key", "not PKCS 8", "damaged", "another's key", "locked"],
)
def test_what_kafka_could_not_use_is_named_with_what_mends_it(
    installation: Installation, tmp_path: Path, broken: Broken
) -> None:
    keystore = tmp_path / "kafka_keystore.pem"
    keystore.write_text(broken(installation.read("kafka_keystore.pem")))

    said = unusable(keystore)

    assert said
    assert said.startswith("kafka_keystore.pem of the secrets holds no key with its certificate (")
    assert said.endswith('or run make secrets ARGS="--rotate certificate".')
    assert "\n" not in said


@pytest.mark.parametrize("text", ["", "broken"])
def test_an_authority_that_is_none_is_named_with_what_mends_it(
    installation: Installation, tmp_path: Path, text: str
) -> None:
    authority = tmp_path / "kafka_ca.pem"
    authority.write_text(text)

    said = unbelieved(installation.secrets / "kafka_keystore.pem", authority, host="localhost")

    assert said
    assert said.startswith("kafka_ca.pem of the secrets holds no certificate (")
    assert "move the three kafka_ files away, run make secrets" in said


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"KAFKA_HOST": "kafka.cluster.org"}, "KAFKA_HOST=kafka.cluster.org: Hostname mismatch"),
        ({}, "KAFKA_HOST=localhost: self-signed certificate"),
    ],
)
def test_what_partners_do_not_believe_is_a_finding(
    installation: Installation, tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    config = configured(machine_settings() | settings, secrets=str(tmp_path))
    for name in ("kafka_keystore.pem", "kafka_ca.pem"):
        (tmp_path / name).write_text(installation.read(name))
    if not settings:
        other = openssl("req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj /CN=x")
        (tmp_path / "kafka_ca.pem").write_text(other)
    (tmp_path / "config").write_text(json.dumps(config))

    ended = subprocess.run(  # noqa: S603 - the script under test
        [sys.executable, "-S", SCRIPT, tmp_path / "config"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stdout.startswith(f"✗ Partners do not believe kafka_keystore.pem for {reason}")
    assert ended.stdout.count("\n") == 1
