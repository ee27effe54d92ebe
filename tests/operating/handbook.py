"""The operators' handbook as its tests read it: headings, links, commands."""

import re
from collections.abc import Iterator
from pathlib import Path

HANDBOOK = Path(__file__).parents[2] / "docs" / "operating.md"

_FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"python -m (\w+)((?: [\w.-]+| --[\w-]+)*)")


def anchors(page: Path) -> set[str]:
    """As GitHub and its likes make them of headings."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text()), re.MULTILINE)
    return {_anchor(heading) for heading in headings}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def commands(page: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every `python -m …` of the page: the module and the words after it."""
    text = page.read_text()
    code = "\n".join([*_FENCE.findall(text), *_INLINE.findall(text)])
    for module, words in _COMMAND.findall(code):
        yield module, tuple(words.split())


def fences(page: Path) -> list[str]:
    """The blocks of the page, of commands and of files."""
    return _FENCE.findall(page.read_text())


def links(page: Path) -> set[str]:
    return set(re.findall(r"\]\(([^)#]*#?[^)]*)\)", page.read_text()))
