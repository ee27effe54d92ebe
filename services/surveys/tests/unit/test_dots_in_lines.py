"""Where a line breaks between two parts, their dot stays with the first."""

from pathlib import Path

import surveys

TEMPLATES = Path(surveys.__file__).parent / "templates"


def test_no_line_of_a_page_begins_with_a_dot() -> None:
    pages = {page.name: page.read_text() for page in TEMPLATES.rglob("*.html")}

    assert any("&nbsp;· " in page for page in pages.values())
    assert [name for name, page in pages.items() if " · " in page] == []
