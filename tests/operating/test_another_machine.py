"""Where the server is gone, the handbook says all that another machine needs, in its order."""

import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from handbook import HANDBOOK, fences
from watched import ROOT

TEXT = HANDBOOK.read_text()
MOVED = TEXT.partition("### On another machine\n")[2].partition("\n### ")[0]


def test_all_that_an_installation_has_beside_git_is_kept_for_another_machine() -> None:
    ignored = re.findall(r"^deploy/([\w.-]+)/?$", (ROOT / ".gitignore").read_text(), re.MULTILINE)
    [packed] = re.findall(r"^.* -cpf secrets\.tar (.*)$", MOVED, re.MULTILINE)

    assert len(ignored) > 1
    assert set(ignored) <= set(re.findall(r"[\w.-]+", packed))


def test_another_machine_restores_before_anything_is_served_there() -> None:
    """An `up` before would begin another exchange; who was erased since would be public again."""
    steps = [
        *("-xpf secrets.tar", "make secrets\n", "compose.yaml build\n", "-xpf - < backups.tar"),
        *("-a /backups/erased.csv < erased.csv", "run --rm provision\n", "make restore\n"),
        *("up --detach", "make doctor\n"),
    ]

    blocks = "".join(block for block in fences(HANDBOOK) if block in MOVED)
    assert re.findall("|".join(map(re.escape, steps)), blocks) == steps


def test_who_practises_a_restore_sends_no_mail_to_members() -> None:
    section = TEXT.partition("### Practise it\n")[2].partition("\n### ")[0]
    settings = dict(re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE))
    example = (ROOT / "deploy" / ".env.example").read_text()

    tried_out = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))
    assert {name for name in tried_out if name.startswith("SMTP_")} <= set(settings)
    assert settings.items() <= tried_out.items()
