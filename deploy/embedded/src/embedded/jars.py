"""Kafka's jars: named in `kafka.jars.sha256` with checksums, fetched once, checked at starts."""

import hashlib
import os
import tempfile
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import ModuleType

LOCK = Path(__file__).with_name("kafka.jars.sha256")
_KAFKA = "org.apache.kafka:kafka_2.13:4.2.0"
# Resolved on its own: together with Kafka its list of versions would override Kafka's.
_LOG_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.3"
_DOWNLOADS_AT_ONCE = 6


class DamagedJar(RuntimeError):
    """A jar is not the one whose checksum is committed."""


class DownloadGivenUp(RuntimeError):
    """Nobody waits for the jars any more."""


class UnreachableJar(RuntimeError):
    """A jar could not be downloaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """A jar: its path inside a Maven repository, and what its content must hash to."""

    path: str
    sha256: str

    def coordinates(self) -> tuple[str, str, str]:
        *group, artifact, version, _ = self.path.split("/")
        return ".".join(group), artifact, version


def class_path(
    *, lock: Path = LOCK, repository: Path | None = None, given_up: Event | None = None
) -> tuple[Path, ...]:
    """Every jar of the lock as a checked file in the local Maven repository.

    Once `given_up` is set no further download begins, and `DownloadGivenUp` is raised.
    """
    repository = repository or maven_repository()
    if absent := missing(lock=lock, repository=repository):
        _download(absent, repository, given_up or Event())
    return tuple(_checked(jar, repository / jar.path) for jar in locked(lock))


def missing(*, lock: Path = LOCK, repository: Path | None = None) -> tuple[Jar, ...]:
    """The jars that would have to be downloaded."""
    folder = repository or maven_repository()
    return tuple(jar for jar in locked(lock) if not (folder / jar.path).exists())


def locked(lock: Path = LOCK) -> tuple[Jar, ...]:
    lines = (line.split() for line in lock.read_text().splitlines())
    return tuple(Jar(sha256=sha256, path=path) for sha256, path in lines)


def maven_repository() -> Path:
    """Answer the cache that this user's Maven tools share; `M2_REPO` moves it."""
    moved = os.environ.get("M2_REPO")
    return Path(moved) if moved else Path.home() / ".m2" / "repository"


def write_lock(lock: Path = LOCK) -> int:
    """Resolve Kafka anew, write names and checksums, and answer how many jars there are."""
    jgo = _jgo()
    artifacts = [*jgo.resolve(_KAFKA), jgo.resolve(_LOG_BINDING)[0]]
    repository = maven_repository()
    files = sorted({artifact.resolve() for artifact in artifacts})
    lock.write_text(
        "".join(f"{_sha256(file)}  {file.relative_to(repository).as_posix()}\n" for file in files)
    )
    return len(files)


def _download(jars: Sequence[Jar], repository: Path, given_up: Event) -> None:
    """Download beside the repository and move whole files in: two starts at once do no harm."""
    _jgo()
    repository.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".kafka-", dir=repository) as incoming,
        ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool,
    ):

        def fetch(jar: Jar) -> None:
            if given_up.is_set():
                raise DownloadGivenUp(jar.path)
            _fetch(jar, Path(incoming), repository)

        list(pool.map(fetch, jars))


def _fetch(jar: Jar, incoming: Path, repository: Path) -> None:
    group, artifact, version = jar.coordinates()
    maven = _jgo().maven.MavenContext(repo_cache=incoming, timeout=60)
    try:
        fetched = maven.project(group, artifact).at_version(version).artifact().resolve()
    except (OSError, RuntimeError) as error:
        message = f"{jar.path} could not be downloaded: is Maven Central reachable? {error}"
        raise UnreachableJar(message) from error
    _checked(jar, fetched)
    target = repository / jar.path
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(fetched, target)  # noqa: PTH105 - replaces, as Path.rename need not


def _jgo() -> ModuleType:
    """Import it only when a jar is missing: it takes a second and warns of unused folders."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jgo  # noqa: PLC0415
        import jgo.maven  # noqa: PLC0415
    return jgo


def _checked(jar: Jar, file: Path) -> Path:
    if _sha256(file) != jar.sha256:
        message = (
            f"{file} is not the jar whose checksum is committed in {LOCK.name}: "
            "delete the file and start again, it is then downloaded anew"
        )
        raise DamagedJar(message)
    return file


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
