"""`make doctor` with a `docker` that answers as an engine would, and a clock kept or not."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from machine import configured as composed
from machine import machine_settings

from embedded.exchange_settings import SERVICES

SCRIPT = Path(__file__).parents[2] / "deploy" / "doctor" / "doctor.sh"
ENGINE = """#!/bin/sh
case "$*" in
  "inspect "*) echo '{inspected}' ;;
  *" config --services") printf '%s\\n' {configured} ;;
  *" config "*) {config} ;;
  *" sh -s "*) {room} ;;
  *" ps "*) {ps} ;;
  *" port "*) {port} ;;
  *" exec "*) for last; do :; done; echo "asked: $*" | sed 's/.*exec -T/exec/'; {doctor} ;;
esac
"""
RUNNING = (*SERVICES, "kafka", "postgres", "gateway")
ALL_RUN = f"printf '%s\\n' {' '.join(RUNNING)}"


def asked(
    folder: Path,
    settings: Path,
    *,
    ps: str = ALL_RUN,
    config: str = "",
    configured: str = " ".join(RUNNING),
    port: str = "echo 0.0.0.0:8000",
    finds: str = "exit 0",
    room: str = "exit 0",
    files: str = "",
    host_name: str = "",
    kept: str = "echo yes",
    replicas: Mapping[str, int] = MappingProxyType({}),
    inspected: str = "[]",
    backups: str = "",
    folder_of_backups: str = "",
) -> tuple[int, str]:
    told = folder / "config.json"
    machine = machine_settings(host_name, "http://localhost")
    secrets = str(settings.parent / "secrets")
    config_of_all = composed(machine, secrets=secrets, backups=backups, folder=folder_of_backups)
    config_of_all["services"] |= {
        name: {"deploy": {"replicas": count}} for name, count in replicas.items()
    }
    told.write_text(json.dumps(config_of_all))
    answers = {"ps": ps, "port": port, "doctor": finds, "room": room, "configured": configured}
    answers |= {"inspected": inspected, "config": config or f"cat {told}"}
    _program(folder / "docker", ENGINE.format(**answers))
    _program(folder / "timedatectl", f"#!/bin/sh\n{kept}\n")
    return _ended(folder, settings, files=files)


def _program(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def _ended(folder: Path, settings: Path, *, files: str) -> tuple[int, str]:
    path = f"{folder}:{os.environ['PATH']}"
    ended = subprocess.run(  # noqa: S603 - the script under test
        ["/bin/sh", SCRIPT],
        env=os.environ | {"PATH": path, "COMPOSE_ENV_FILES": str(settings), "COMPOSE_FILE": files},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout
