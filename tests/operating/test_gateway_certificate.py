"""A certificate that browsers would refuse, or soon will, is told before visitors tell it."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "gateway"))

from certificate import told

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of `localhost` for a hundred days, and its key."""
    path = tmp_path_factory.mktemp("keys") / "both.pem"
    words = f"req -x509 -newkey ed25519 -nodes -keyout {path} -subj /CN=localhost -days 100"
    subject = ("-addext", "subjectAltName=DNS:localhost")
    made = subprocess.run(  # noqa: S603 - the words are ours
        ["openssl", *words.split(), *subject],  # noqa: S607 - where it lies differs
        check=True,
        capture_output=True,
        text=True,
    )
    path.write_text(path.read_text() + made.stdout)
    return path


@contextmanager
def served(keys: Path) -> Iterator[int]:
    """A port on which one visitor is greeted with the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys)
    with socket.create_server(("localhost", 0)) as listener:
        greeter = Thread(target=greet, args=(listener, context))
        greeter.start()
        yield listener.getsockname()[1]
        greeter.join()


def greet(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    try:
        context.wrap_socket(connection, server_side=True).close()
    except (ssl.SSLError, OSError):
        # Whoever does not believe the certificate hangs up.
        connection.close()


def test_one_that_is_believed_is_told_with_its_end(keys: Path) -> None:
    with served(keys) as port:
        context = ssl.create_default_context(cafile=str(keys))
        said = told(f"https://localhost:{port}", context=context, now=NOW)

    assert said.startswith("✓")
    assert f"{NOW + timedelta(days=100):%Y-%m-%d}" in said


def test_one_that_was_not_renewed_is_wrong(keys: Path) -> None:
    with served(keys) as port:
        context = ssl.create_default_context(cafile=str(keys))
        said = told(f"https://localhost:{port}", context=context, now=NOW + timedelta(days=87))

    assert said.startswith("✗")
    assert said.endswith("logs --tail 50 gateway")


def test_one_that_nobody_believes_is_wrong(keys: Path) -> None:
    with served(keys) as port:
        said = told(f"https://localhost:{port}", context=ssl.create_default_context(), now=NOW)

    assert said.startswith("✗")
    assert "CERTIFICATE_VERIFY_FAILED" in said


def test_what_cannot_be_reached_from_here_may_still_be_from_elsewhere() -> None:
    with socket.create_server(("localhost", 0)) as listener:
        port = listener.getsockname()[1]

    said = told(f"https://localhost:{port}", context=ssl.create_default_context(), now=NOW)

    assert said.startswith(f"! https://localhost:{port} cannot be reached from this machine")
