from pathlib import Path

from matching.index_folder import LOCK, PREFIX, IndexFolder


def test_a_closed_index_leaves_no_folder(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path)
    (folder.path / "words").mkdir()

    folder.close()

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    (left / LOCK).touch()

    folder = IndexFolder(tmp_path)

    assert list(tmp_path.iterdir()) == [folder.path]
    folder.close()


def test_a_folder_in_use_stays(tmp_path: Path) -> None:
    used = IndexFolder(tmp_path)

    other = IndexFolder(tmp_path)

    assert set(tmp_path.iterdir()) == {used.path, other.path}
    used.close()
    other.close()
