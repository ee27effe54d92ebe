"""Fills the volumes of `compose.yaml` with fresh keys and passwords, once; replaces nothing.

Every service sees only its own folder: who does not sign sessions never holds the private key.
"""

# ruff: noqa: INP001 - a script that one container mounts, not a package

import json
import secrets
import sys
from pathlib import Path

from chassis.signing import SessionKeys, generate_link_key, generate_session_keys
from schemas.links import HOLDERS, LinkPurpose

MARK = "complete"


def main(folder: Path) -> None:
    database = folder / "postgres"
    if (database / MARK).exists():
        print("The keys are there.")
        return
    session = generate_session_keys()
    links = {purpose: generate_link_key() for purpose in LinkPurpose}
    form_key = generate_link_key()
    write(database / "superuser", secrets.token_urlsafe())
    for service in HOLDERS:
        password = secrets.token_urlsafe()
        write(database / service, password)
        for name, value in secrets_of(service, session, links).items():
            write(folder / service / f"{service}_{name}", value)
        write(folder / service / f"{service}_form_key", form_key)
        url = f"postgresql://{service}:{password}@postgres/{service}"
        write(folder / service / f"{service}_database_url", url)
    write(database / MARK, "")
    print("Fresh keys were written.")


def secrets_of(service: str, session: SessionKeys, links: dict[LinkPurpose, str]) -> dict[str, str]:
    held = {
        "session_public_keys": json.dumps([session.public]),
        "link_keys": json.dumps({purpose: [links[purpose]] for purpose in HOLDERS[service]}),
    }
    if service == "listings":
        held["session_private_key"] = session.private
    return held


def write(path: Path, value: str) -> None:
    """Readable by any user of the one container that mounts this folder."""
    path.write_text(value, encoding="utf-8")
    path.chmod(0o444)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
