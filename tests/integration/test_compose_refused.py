"""What cannot be used stops a start with a sentence that names it; what runs meanwhile runs on."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from composed import ROOT, SERVICES, CommandFailed, ComposedExchange, run

from chassis.signing import generate_link_key

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

RUNNING = ("kafka", "listings", "gateway")
OTHERS = ("kafka", "postgres", "gateway")
LISTINGS = "kooperationsboerse-listings"


@contextmanager
def changed(composed: ComposedExchange, secret: str, text: str) -> Iterator[None]:
    """As `make secrets` replaces a file, and back."""
    file = composed.secrets / secret
    kept = file.rename(composed.secrets / f".{secret}.kept")
    file.write_text(text)
    file.chmod(0o444)
    try:
        yield
    finally:
        kept.replace(file)
        composed.up()


def started_at(composed: ComposedExchange, *services: str) -> str:
    ids = composed.compose("ps", "--quiet", *(services or RUNNING)).split()
    return run(["docker", "inspect", "--format", "{{.Id}} {{.State.StartedAt}}", *ids])


def preflight(composed: ComposedExchange, **settings: str) -> tuple[int, str]:
    files = ":".join(str(ROOT / file) for file in composed.files)
    own = {"COMPOSE_PROJECT_NAME": composed.name, "COMPOSE_FILE": files}
    own |= {"COMPOSE_ENV_FILES": str(composed.folder / "env")}
    ended = subprocess.run(  # noqa: S603 - the script under test
        ["/bin/sh", ROOT / "deploy" / "doctor" / "preflight.sh"],
        env=composed.environment | own | settings,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout


def everything(composed: ComposedExchange) -> str:
    """The jobs' containers, too."""
    ids = composed.compose("ps", "--all", "--quiet").split()
    return run(["docker", "inspect", "--format", "{{.Id}} {{.State.StartedAt}}", *sorted(ids)])


def test_before_a_start_all_that_is_wrong_is_told_and_nothing_changes(
    composed: ComposedExchange,
) -> None:
    before = everything(composed)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = preflight(composed, TIME_ZONE="Mars/Olympus", GATEWAY_PORT=port)

    assert code == 1, said
    assert said.count("\n✗ Setting SERVICES_TIME_ZONE cannot be used") == len(SERVICES)
    assert f"\n✗ GATEWAY_PORT={port} is taken at 127.0.0.1: set another" in said
    assert "topics are as declared, 0 would be created." in said
    assert everything(composed) == before


@pytest.mark.parametrize(
    ("secret", "text", "job", "sentence"),
    [
        (
            "kafka_keystore.pem",
            "broken",
            "address",
            "kafka_keystore.pem of the secrets holds no key with its certificate",
        ),
        (
            "listings_session_private_key",
            generate_link_key(),
            "listings-migrate",
            "Setting LISTINGS_SESSION_PRIVATE_KEY cannot be used: its public half is not in",
        ),
    ],
    ids=["key store", "session key"],
)
def test_a_broken_secret_is_named_by_a_job_and_what_runs_runs_on(
    composed: ComposedExchange, secret: str, text: str, job: str, sentence: str
) -> None:
    # What other tests started by itself counts as another container: the next `up` starts it anew.
    composed.up()
    before = started_at(composed)

    with changed(composed, secret, text):
        with pytest.raises(CommandFailed, match=job):
            composed.up()
        said = composed.compose("logs", "--tail", "1", job)

    assert sentence in said
    assert "make secrets" in said
    assert started_at(composed) == before


def test_a_release_of_ours_leaves_broker_database_and_gateway_as_they_are(
    composed: ComposedExchange,
) -> None:
    composed.up()
    image = run(["docker", "image", "inspect", "--format", "{{.Id}}", LISTINGS]).strip()
    before = started_at(composed, *OTHERS)
    listings = started_at(composed, "listings")

    build = ["docker", "build", "--quiet", "--tag", LISTINGS, "-"]
    run(build, given=f"FROM {LISTINGS}\nLABEL new=1")
    try:
        composed.up()
        after = started_at(composed, *OTHERS), started_at(composed, "listings")
    finally:
        run(["docker", "tag", image, LISTINGS])
        composed.up()

    assert after[0] == before
    assert after[1] != listings
