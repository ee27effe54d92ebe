"""Memory is added up over a process and its children, each with its share."""

from pathlib import Path

from rich.console import Console

from embedded import size
from embedded.size import Size


def a_process(proc: Path, pid: int, *, parent: int, name: str = "python", pss: int = 1024) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "stat").write_text(f"{pid} ({name}) S {parent} 1 1 0")
    (folder / "smaps_rollup").write_text(f"Rss: 9999 kB\nPss:   {pss} kB\nPss_Dirty: 7 kB\n")


def test_children_count_wherever_they_stand(tmp_path: Path) -> None:
    a_process(tmp_path, 10, parent=1, pss=1024)
    a_process(tmp_path, 11, parent=10, name="a (b) c", pss=2048)
    a_process(tmp_path, 12, parent=11, pss=512)
    a_process(tmp_path, 20, parent=1, pss=9000)

    children = size._children(tmp_path)
    found = size._size("postgres", size._family(10, children), tmp_path)

    assert found == Size(name="postgres", processes=3, megabytes=3.5)


def test_a_process_that_ended_meanwhile_takes_nothing(tmp_path: Path) -> None:
    assert size.proportional_kibibytes(99, tmp_path) is None


def test_the_services_are_added_up_apart_from_the_servers() -> None:
    console = Console(record=True, width=80)
    sizes = [Size(name=name, processes=1, megabytes=50) for name in ("listings", "surveys")]

    size.print_sizes([*sizes, Size(name="kafka", processes=1, megabytes=300)], console)

    text = console.export_text()
    assert "the services together" in text
    rows = {
        line.split("│")[1].strip(): line.split("│")[3].strip()
        for line in text.splitlines()
        if "│" in line
    }
    assert (rows["the services together"], rows["everything"]) == ("100", "400")
