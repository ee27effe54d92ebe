"""Whether keys are the same for all who hold them, and whether any counts past its day."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from env_file import PROJECT, EnvFile
from families import Files, families
from key_list import ended
from openssl import NoOpenssl, public_half
from secret_folder import SecretFolder

PRIVATE, PUBLIC = "session_private_key", "session_public_keys"
FORMS, LINKS = "form_key", "link_keys"
LISTS = (PRIVATE, PUBLIC, FORMS, LINKS)
SHARED = {"session": PUBLIC, "forms": FORMS, "links": LINKS}
"""Of each family the end of the names of those files that agree with each other."""


def main(arguments: Sequence[str] = ()) -> int:
    folder = SecretFolder(EnvFile(Path(arguments[0]) if arguments else PROJECT / ".env").folder())
    try:
        wrong = list(findings(folder, today=date.today()))  # noqa: DTZ011 - the operator's day
    except (NoOpenssl, OSError) as error:
        wrong = [str(error)]
    said = [f"✗ {each}" for each in wrong] or ["✓ Keys are the same for all who hold them."]
    print("\n".join(said))
    return int(bool(wrong))


def findings(folder: SecretFolder, *, today: date) -> Iterator[str]:
    for family in families("localhost"):
        names = [name for name in family.files if name.endswith(LISTS)]
        if not names:
            continue
        if missing := folder.missing(names):
            yield f"{missing[0]} is missing. Put it back from your copy, or run: make secrets."
            continue
        files = folder.read(names)
        again = f'make secrets ARGS="--rotate {family.name}", then start anew what it names'
        if broken := _broken(files, family.name):
            yield f"{broken} Put it back from your copy, or run: {again}."
        elif past := ended(files, today):
            yield (
                f"Old keys in {', '.join(sorted(past))} still count, and their day is over. Run:"
                " make secrets, then start anew the services of those files."
            )


def _broken(files: Files, family: str) -> str | None:
    """A sentence about the first file that does not belong to the others."""
    seen: dict[str, tuple[str, object]] = {}
    for name, text in files.items():
        if not name.endswith(SHARED.get(family, PRIVATE)):
            continue
        try:
            held = _held(name, text)
        except (TypeError, ValueError):
            return f"{name} is no list of keys."
        for what, keys in held.items():
            other, known = seen.setdefault(what, (name, keys))
            if keys != known:
                return f"{name} has other keys than {other}."
    return _lonely(files)


def _held(name: str, text: str) -> Mapping[str, object]:
    """By purpose, where a file has several lists."""
    if name.endswith(FORMS):
        return {FORMS: text.splitlines()}
    told = json.loads(text)
    return dict(told) if name.endswith(LINKS) else {PUBLIC: list(told)}


def _lonely(files: Files) -> str | None:
    """A private key signs what nobody believes, where its public half is in no list."""
    name, among = f"listings_{PRIVATE}", f"listings_{PUBLIC}"
    if name in files and public_half(files[name]) not in json.loads(files[among]):
        return f"{name} has no public half in {among}: nobody could sign in."
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
