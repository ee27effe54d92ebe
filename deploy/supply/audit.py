"""Asks whether a locked version is known to be vulnerable; where nobody answers, it says so.

Only a found vulnerability is a failure: no network is no reason to stop working.
Example: python deploy/supply/audit.py
"""

# ruff: noqa: INP001 - scripts, not a package

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from locks import pins, service_locks

PROGRAM = Path(sys.executable).with_name("pip-audit")
ANSWER_SECONDS = 3
ALL_SECONDS = 120


def main() -> int:
    wanted = {
        f"{name}=={version}" for lock in service_locks() for name, version in pins(lock).items()
    }
    first, *others = sorted(wanted)
    # One package tells whether the database answers at all; without it nothing else is asked.
    if not answered(asked([first], seconds=ANSWER_SECONDS + 5)):
        return told([])
    return told(asked([first, *others], seconds=ALL_SECONDS))


def asked(requirements: list[str], *, seconds: float) -> list[dict[str, Any]]:
    """What pip-audit says of each; nothing where it fails or takes too long."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(requirements))
        file.flush()
        command = [PROGRAM, "--requirement", file.name, "--no-deps", "--disable-pip"]
        options = ["--format", "json", "--progress-spinner", "off", "--timeout", ANSWER_SECONDS]
        try:
            answer = subprocess.run(  # noqa: S603 - a program of the lock
                [str(each) for each in (*command, *options)],
                capture_output=True,
                timeout=seconds,
                check=False,
            )
            dependencies: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError, TypeError):
            return []
    return dependencies


def answered(dependencies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in dependencies if "skip_reason" not in each]


def told(dependencies: list[dict[str, Any]]) -> int:
    """One line a vulnerability, or one line that there is none or no answer; the exit code."""
    if not answered(dependencies):
        print("pip-audit: not checked, the database of vulnerabilities gives no answer here.")
        return 0
    found = [(each, flaw) for each in answered(dependencies) for flaw in each["vulns"]]
    for each, flaw in found:
        cured = ", ".join(flaw["fix_versions"]) or "no version yet"
        print(f"pip-audit: {each['name']} {each['version']}: {flaw['id']}, cured in {cured}")
    unknown = len(dependencies) - len(answered(dependencies))
    print(
        f"pip-audit: {len(answered(dependencies))} packages checked, {unknown} unknown to the"
        f" database, {len(found)} vulnerabilities."
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
