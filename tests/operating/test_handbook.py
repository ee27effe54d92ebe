"""The operators' handbook names only what exists: commands, files, variables, sections."""

import csv
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "keys"))

from composed_files import containers, text
from families import families
from handbook import HANDBOOK, anchors, commands, fences, links
from watched import ROOT, alerts

from embedded.exchange_settings import SERVICES
from listings.members.importing import MemberRow
from listings.organisations.importing import OrganisationRow
from schemas.vocabulary import Role

TEXT = HANDBOOK.read_text()
ALERTS = "\n".join(alert["annotations"]["command"] for alert in alerts())
COMPOSE = text()


def cli_of(service: str) -> Any:
    """What `python -m SERVICE` runs."""
    names = vars(import_module(f"{service}.__main__"))
    return typer.main.get_command(names.get("app") or names["cli"])


def missing_word(command: Any, words: tuple[str, ...]) -> str | None:
    """The first word that is neither a command nor an option where it stands."""
    for word in words:
        if word.startswith("--"):
            if not any(word in each.opts for each in command.params):
                return word
        elif hasattr(command, "commands"):
            found = command.commands.get(word)
            if found is None:
                return word
            command = found
    return None


def all_commands() -> list[tuple[str, tuple[str, ...]]]:
    named = set(commands(HANDBOOK)) | {
        (words[0], tuple(words[1:]))
        for line in ALERTS.replace("{{ $labels.service }}", "listings").splitlines()
        if "python -m " in line
        for words in [line.partition("python -m ")[2].split()]
    }
    return sorted(named)


@pytest.mark.parametrize(("module", "words"), all_commands())
def test_a_command_exists(module: str, words: tuple[str, ...]) -> None:
    services = SERVICES if module == "SERVICE" else (module,)

    assert [missing_word(cli_of(service), words) for service in services] == [None] * len(services)


@pytest.mark.parametrize(
    ("words", "missing"),
    [(("parked", "list"), None), (("parked", "burn"), "burn"), (("sweep", "--now"), "--now")],
)
def test_a_command_that_does_not_exist_is_found(
    words: tuple[str, ...], missing: str | None
) -> None:
    assert missing_word(cli_of("surveys"), words) == missing


def test_every_section_that_is_linked_is_there() -> None:
    wanted = {link.removeprefix("#") for link in links(HANDBOOK) if link.startswith("#")}

    assert wanted
    assert wanted <= anchors(HANDBOOK)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z]+)", TEXT))))
def test_a_make_target_exists_or_is_named_as_missing(target: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    missing = set(re.findall(r"no `make ([a-z]+)`", TEXT))

    assert (target in targets) != (target in missing)


@pytest.mark.parametrize(
    "variable", sorted(set(re.findall(r"`([A-Z]+_[A-Z]+)`", TEXT.partition("## DNS")[0])))
)
def test_a_variable_of_the_environment_is_read_by_compose(variable: str) -> None:
    assert re.search(rf"\$\{{{variable}[:-]", COMPOSE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(deploy/[\w./-]+|services/\S+)`", TEXT))))
def test_a_file_exists_or_is_the_operators_own(path: str) -> None:
    secrets = {name for family in families("localhost") for name in family.files}
    own = {
        "deploy/.env",
        "deploy/categories.yaml",
        "deploy/compose.override.yaml",
        "deploy/secrets/",
    }
    own |= {f"deploy/secrets/{name}" for name in secrets}

    assert path in own or (ROOT / path).exists()


def test_the_files_of_the_first_day_can_be_taken_in() -> None:
    files = [textwrap.dedent(text) for text in re.findall(r"```csv\n(.*?)```", TEXT, re.DOTALL)]
    organisations, members = (list(csv.DictReader(text.splitlines())) for text in files)

    [office] = [OrganisationRow.model_validate(row) for row in organisations]
    [first] = [MemberRow.model_validate(row) for row in members]
    assert first.organisation_external_id == office.external_id
    assert first.role is Role.ADMIN


CLOSED = "(umask 077; "


def calls_of_compose() -> Iterator[str]:
    """Those before which, in their block, no line names all files."""
    for block in [*fences(HANDBOOK), ALERTS]:
        alone = block.partition("export COMPOSE_FILE=")[0]
        yield from re.findall(r"(?:^|[\s(;])(docker compose .*)", alone, re.MULTILINE)


def test_compose_is_called_with_its_file_or_after_all_of_them_were_named() -> None:
    known = set(containers())
    calls = list(calls_of_compose())

    assert calls
    for line in calls:
        words = shlex.split(line.replace("{{ $labels.service }}", "listings"))
        assert words[2:4] == ["-f", "deploy/compose.yaml"], line
        if "exec" in words:
            service = next(each for each in words[words.index("exec") + 1 :] if each != "-T")
            assert service in known, line


def test_no_service_with_jobs_is_started_without_them() -> None:
    """Compose keeps it as another container, and the next `up` starts all of them anew."""
    known = containers()
    alone = re.findall(r"docker compose .*\bup .*--no-deps (.*)", TEXT)
    started = {word for words in alone for word in words.split()} - {"--force-recreate"}

    assert started
    assert started <= {name for name in known if not known[name].get("depends_on")}


def test_with_ipv6_the_gateway_asks_the_services_on_ipv4_alone() -> None:
    section = TEXT.partition("### IPv6\n")[2].partition("\n## ")[0]
    own = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)[0])
    [(name, value)] = own["services"]["gateway"]["environment"].items()
    gateway = (ROOT / "deploy" / "gateway" / "Caddyfile").read_text()
    asked = re.findall(r"dynamic a \w+ 8000 \{(.*?)\n\t\t\}", gateway, re.DOTALL)

    assert value == "versions ipv4"
    assert len(asked) == len(SERVICES)
    assert all(f"{{${name}}}" in options for options in asked)


def test_what_the_relay_waits_for_is_started_before_the_relay() -> None:
    """A restart of the service cures no broker, and takes its pages away as well."""
    section = TEXT.partition("### Relay inactive\n")[2].partition("\n### ")[0]
    [alert] = [each for each in alerts() if each["alert"] == "RelayInactive"]

    steps = ["ps --all kafka postgres", "up --detach kafka postgres", "restart listings"]
    assert re.findall("|".join(steps), section) == steps
    assert alert["annotations"]["command"].endswith(steps[1])


def test_a_file_with_secrets_or_people_is_closed_to_others_and_to_git() -> None:
    written = [
        (line, name)
        for block in fences(HANDBOOK)
        for line in block.splitlines()
        for name in re.findall(r"(?:> |-\w*cp?f )([\w.-]+\.\w+)", line)
    ]

    assert {name for _, name in written} >= {
        *("backups.tar", "erased.csv", "nordlicht.properties", "secrets.tar")
    }
    for line, name in written:
        assert line.startswith(CLOSED), line
        asked = ["git", "check-ignore", "--quiet", name]
        assert subprocess.run(asked, cwd=ROOT, check=False).returncode == 0, name  # noqa: S603
