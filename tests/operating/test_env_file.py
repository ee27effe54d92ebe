"""What is read of the operator's settings is what Compose reads of them, however it is written."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "keys"))

from env_file import EnvFile

WRITTEN = [
    ("KAFKA_HOST=a.example", "a.example"),
    ("KAFKA_HOST=a.example # our name", "a.example"),
    ('KAFKA_HOST="a.example" # our name', "a.example"),
    ("KAFKA_HOST='a.example'\r", "a.example"),
    ("KAFKA_HOST = a.example ", "a.example"),
    ("\ufeffKAFKA_HOST=a.example", "a.example"),
    ("export KAFKA_HOST=a.example", "a.example"),
    ("KAFKA_HOST=old.example\nKAFKA_HOST=a.example", "a.example"),
    ("# Über KAFKA_HOST=b.example\nMY_KAFKA_HOST=c.example\nKAFKA_HOST=a#1", "a#1"),
    ("KAFKA_HOST=\n\nKAFKA_PORT=1", ""),
    ("#KAFKA_HOST=a.example", None),
]


@pytest.mark.parametrize(("text", "value"), WRITTEN)
def test_a_value_is_read_as_compose_reads_it(tmp_path: Path, text: str, value: str | None) -> None:
    file = tmp_path / "env"
    file.write_text(text, encoding="utf-8", newline="")

    assert EnvFile(file).value("KAFKA_HOST") == value


def test_another_encoding_hides_no_setting(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_bytes("SENDER_NAME=Börse\nKAFKA_HOST=a.example\n".encode("latin-1"))

    assert EnvFile(file).value("KAFKA_HOST") == "a.example"
