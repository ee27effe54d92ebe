"""Kafka starts from the jars whose checksums are committed and from no others."""

import hashlib
from pathlib import Path

import pytest

from embedded.jars import DamagedJar, class_path, locked

JAR = "org/example/tool/1.0/tool-1.0.jar"


def repository_with(folder: Path, content: bytes) -> Path:
    file = folder / JAR
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return folder


def lock_of(folder: Path, content: bytes) -> Path:
    lock = folder / "lock"
    lock.write_text(f"{hashlib.sha256(content).hexdigest()}  {JAR}\n")
    return lock


class TestJars:
    def test_an_intact_jar_is_used(self, tmp_path: Path) -> None:
        repository = repository_with(tmp_path / "repository", b"jar")

        jars = class_path(lock=lock_of(tmp_path, b"jar"), repository=repository)

        assert jars == (repository / JAR,)

    def test_a_damaged_jar_is_refused_by_name_with_the_remedy(self, tmp_path: Path) -> None:
        repository = repository_with(tmp_path / "repository", b"jar with a flipped bit")

        with pytest.raises(DamagedJar, match=rf"{JAR} is not the jar .* delete the file"):
            class_path(lock=lock_of(tmp_path, b"jar"), repository=repository)

    def test_the_lock_names_one_kafka(self) -> None:
        versions = {
            jar.coordinates()[2] for jar in locked() if jar.coordinates()[0] == "org.apache.kafka"
        }

        assert versions == {"4.2.0"}
