"""A setting of this service that could not be used later is refused at the start, by its name."""

import json
from pathlib import Path

import pytest

from chassis.signing import generate_link_key, generate_session_keys
from embedded.refused_settings import refusal_of
from listings.app import service


@pytest.fixture(autouse=True)
def needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRETS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("LISTINGS_DATABASE_URL", "postgresql://localhost/x")
    monkeypatch.setenv("LISTINGS_FORM_KEY", generate_link_key())
    keys = generate_session_keys()
    monkeypatch.setenv("LISTINGS_SESSION_PRIVATE_KEY", keys.private)
    monkeypatch.setenv("LISTINGS_SESSION_PUBLIC_KEYS", json.dumps([keys.public]))


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("CATEGORIES=/nowhere.yaml", "deploy/categories/default.yaml"),
        (f"CATEGORIES={__file__}", "deploy/categories/default.yaml"),
        ("CONTACTS_A_DAY=many", "valid integer"),
        ("SESSION_PRIVATE_KEY=short", "a key"),
        (f"SESSION_PRIVATE_KEY={generate_link_key()}", 'make secrets ARGS="--rotate session"'),
    ],
)
def test_it_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    setting: str,
    reason: str,
) -> None:
    name, _, value = setting.partition("=")
    monkeypatch.setenv(f"LISTINGS_{name}", value)

    said = refusal_of(service, capsys)

    assert said.startswith(f"Setting LISTINGS_{name} cannot be used: ")
    assert reason in said


def test_a_private_key_without_any_public_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LISTINGS_SESSION_PUBLIC_KEYS", "[]")

    said = refusal_of(service, capsys)

    assert said.startswith("Setting LISTINGS_SESSION_PRIVATE_KEY cannot be used: its public half")


def test_what_is_right_is_taken() -> None:
    assert service.settings()
