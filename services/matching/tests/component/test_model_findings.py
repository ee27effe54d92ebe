"""What `doctor` finds about the model directory and the active analysis version."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from kept_listing_builders import an_offer

from chassis.service import Runtime
from chassis.serving import application
from matching.app import service
from matching.doctor import model_findings, version_findings
from matching.engine_source import ASK_AGAIN_AFTER, EngineSource
from matching.model import MANIFEST_FILE, MODEL_FILE, TOKENIZER_FILE, DamagedModel, manifest_of
from matching.model_compact import COMPACT_FOLDER, CompactManifest, made_of
from matching.settings import MatchingSettings


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    """A directory as a build leaves it, with files that nobody needs to load."""
    manifest = {
        "model": "small",
        "licence": "MIT",
        "source": "a wheel",
        "source_version": "1",
        "quantisation": "none",
        "sha256": {},
    }
    for name in (MODEL_FILE, TOKENIZER_FILE):
        (tmp_path / name).write_bytes(name.encode())
        manifest["sha256"][name] = hashlib.sha256(name.encode()).hexdigest()  # type: ignore[index]
    (tmp_path / MANIFEST_FILE).write_text(json.dumps(manifest))
    write_compact(tmp_path)
    return tmp_path


def write_compact(model_dir: Path) -> None:
    """With one file; the others are named by no manifest and therefore not missed."""
    folder, words = model_dir / COMPACT_FOLDER, b"words"
    manifest = CompactManifest(
        made_of=made_of(manifest_of(model_dir)),
        pieces=None,
        sha256={"de.words": hashlib.sha256(words).hexdigest()},
    )
    folder.mkdir()
    (folder / "de.words").write_bytes(words)
    (folder / MANIFEST_FILE).write_text(manifest.model_dump_json())


async def found(matching: Any, model_dir: Path) -> list[str]:
    settings = matching.runtime.settings.model_copy(update={"model_dir": model_dir})
    async with matching.pool.connection() as connection:
        findings = (
            *await model_findings(connection, settings),
            *await version_findings(connection, settings),
        )
    return [f"{each.check}: {each}" for each in findings]


async def stored(matching: Any, content: bytes, sha256: str) -> None:
    async with matching.pool.transaction() as connection:
        await connection.execute(
            "insert into analysis_version (number, engine, state, members, offers, requests,"
            " created_at, activated_at, content, sha256)"
            " values ('v2', 'v1', 'active', '{}', 1, 1, now(), now(), $1, $2)",
            content,
            sha256,
        )


async def test_a_whole_model_and_nothing_to_match_is_no_finding(
    matching: Any, model_dir: Path
) -> None:
    assert await found(matching, model_dir) == []


async def test_a_missing_model_is_built(matching: Any, tmp_path: Path) -> None:
    [said] = await found(matching, tmp_path / "nowhere")

    assert "is missing" in said
    assert "python -m matching model" in said


async def test_a_changed_file_is_not_the_one_of_the_manifest(
    matching: Any, model_dir: Path
) -> None:
    (model_dir / TOKENIZER_FILE).write_bytes(b"other")

    [said] = await found(matching, model_dir)

    assert said.startswith("model: ")
    assert "is not the file its manifest names" in said


async def test_without_its_compact_part_the_service_takes_more_memory(
    matching: Any, model_dir: Path
) -> None:
    shutil.rmtree(model_dir / COMPACT_FOLDER)

    [said] = await found(matching, model_dir)

    assert said.startswith("model_compact: ")
    assert "python -m matching model" in said


async def test_a_changed_file_of_the_compact_part_is_damage(matching: Any, model_dir: Path) -> None:
    (model_dir / COMPACT_FOLDER / "de.words").unlink()

    [said] = await found(matching, model_dir)

    assert said.startswith("model: ")
    assert "de.words is not the file its manifest names" in said


async def test_a_model_without_a_licence_is_told(matching: Any, model_dir: Path) -> None:
    manifest = json.loads((model_dir / MANIFEST_FILE).read_text())
    (model_dir / MANIFEST_FILE).write_text(json.dumps(manifest | {"licence": " "}))

    [said] = await found(matching, model_dir)

    assert said.startswith("model_licence: ")


async def test_listings_without_an_active_version_are_not_matched(
    matching: Any, model_dir: Path
) -> None:
    await matching.hears(an_offer("Dosierpumpen", "Lieferbar sind Dosierpumpen."))

    [said] = await found(matching, model_dir)

    assert "no analysis version is active" in said


async def test_a_stored_version_is_compared_with_its_checksum(
    matching: Any, model_dir: Path
) -> None:
    await stored(matching, b"arrays", hashlib.sha256(b"arrays").hexdigest())
    whole = await found(matching, model_dir)
    async with matching.pool.transaction() as connection:
        await connection.execute("update analysis_version set content = 'other'")

    [said] = await found(matching, model_dir)

    assert whole == []
    assert "is not what was stored" in said
    assert "python -m matching background refresh" in said


async def test_an_operators_own_export_is_opened(matching: Any, model_dir: Path) -> None:
    """Nothing else tells that it is whole: it has no checksums."""
    (model_dir / MANIFEST_FILE).unlink()
    shutil.rmtree(model_dir / COMPACT_FOLDER)

    [said] = await found(matching, model_dir)

    assert said.startswith("model: ")
    assert "cannot be loaded" in said
    assert "python -m matching model" in said


async def ready(matching: Any, model_dir: Path) -> tuple[int, dict[str, Any]]:
    """What the service answers after its worker looked for an engine, broker or none."""
    given = matching.runtime.settings.model_dump() | {"model_dir": model_dir}
    settings = MatchingSettings(**given)
    await settings.engines.engine(matching.now)
    app = application(service, Runtime(settings=settings, pool=matching.pool))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/health/ready")
    return answer.status_code, answer.json()


async def test_readiness_names_a_missing_model_and_its_remedy(
    matching: Any, tmp_path: Path
) -> None:
    _, said = await ready(matching, tmp_path / "nowhere")

    [note] = said["notes"]
    assert note.startswith("matching waits for its model: ")
    assert "is missing" in note
    assert "python -m matching model" in note


async def test_readiness_names_a_damaged_model(matching: Any, model_dir: Path) -> None:
    (model_dir / MANIFEST_FILE).unlink()
    shutil.rmtree(model_dir / COMPACT_FOLDER)

    _, said = await ready(matching, model_dir)

    [note] = said["notes"]
    assert "cannot be loaded" in note


async def test_a_damaged_model_is_read_once_a_minute(matching: Any) -> None:
    reads = 0

    def load() -> Any:
        nonlocal reads
        reads += 1
        raise DamagedModel("model.onnx cannot be loaded") if reads < 3 else OSError

    source, now = EngineSource(load), matching.now
    first, soon = await source.engine(now), await source.engine(now)
    obstacle = source.obstacle
    await source.engine(now + ASK_AGAIN_AFTER)
    with pytest.raises(OSError):  # noqa: PT011 - any
        await source.engine(now + 2 * ASK_AGAIN_AFTER)
    await source.engine(now + 2 * ASK_AGAIN_AFTER)

    assert (first, soon) == (None, None)
    assert str(obstacle) == "model.onnx cannot be loaded"
    assert reads == 3
