"""The model directory: what it holds, whether it is whole, and where it lies."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"
DIRECTORY_VARIABLE = "MATCHING_MODEL_DIR"


class MissingModel(Exception):
    """There is no model directory; `python -m matching model` builds it."""


class DamagedModel(Exception):
    """A file of the model directory is not the one its manifest names, or cannot be loaded."""


class Manifest(BaseModel):
    """What lies in the directory, where it came from, and under which licence."""

    model_config = ConfigDict(frozen=True)

    layout: Literal[1] = 1
    model: str
    licence: str
    source: str
    source_version: str
    quantisation: str
    sha256: dict[str, str]


def default_directory() -> Path:
    """The variable, else the checkout's cache when run from one, else the user's cache."""
    named = os.environ.get(DIRECTORY_VARIABLE)
    if named:
        return Path(named)
    for parent in Path(__file__).resolve().parents:
        if (parent / "services" / "matching").is_dir() and (parent / "pyproject.toml").is_file():
            return parent / ".cache" / "matching-model"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "kooperationsboerse" / "matching-model"


def manifest_of(directory: Path) -> Manifest:
    """Read the manifest; a hub export without one gets its own, from the files found."""
    for name in (MODEL_FILE, TOKENIZER_FILE):
        if not (directory / name).is_file():
            raise MissingModel(f"{directory / name} is missing; run: python -m matching model")
    path = directory / MANIFEST_FILE
    if not path.is_file():
        return _manifest_of_operators_model(directory)
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DamagedModel(f"{path} is not a manifest") from error


def checked_manifest(directory: Path) -> Manifest:
    """Read the manifest and compare every file with it."""
    manifest = manifest_of(directory)
    check_files(directory, manifest.sha256)
    return manifest


def check_files(directory: Path, sha256: Mapping[str, str]) -> None:
    for name, expected in sha256.items():
        path = directory / name
        if not path.is_file() or sha256_of(path) != expected:
            raise DamagedModel(f"{path} is not the file its manifest names")


@contextmanager
def damaged_where_refused(path: Path) -> Iterator[None]:
    """Libraries raise what they like at a file that is not whole, bare `Exception` among it."""
    try:
        yield
    except Exception as error:
        raise DamagedModel(f"{path} cannot be loaded ({type(error).__name__})") from error


def sha256_of(path: Path) -> str:
    with damaged_where_refused(path), path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _manifest_of_operators_model(directory: Path) -> Manifest:
    return Manifest(
        model="multilingual-e5-small, the operator's own export",
        licence="as stated by the operator's source",
        source="operator",
        source_version="unknown",
        quantisation="unknown",
        sha256={name: sha256_of(directory / name) for name in (MODEL_FILE, TOKENIZER_FILE)},
    )
