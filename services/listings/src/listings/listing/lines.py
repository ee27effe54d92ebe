"""A text field whose lines are its entries, whatever list they were copied from."""

import re

from pydantic import BeforeValidator

# The last two are how word processors write theirs.
_MARK = re.compile("^[•◦▪‣·*–—\uf0b7\uf0a7-](?:\\s+|$)")


def _lines(value: object) -> object:
    """A text becomes its lines; anything else is left to the field's own type."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return value
    lines = (_MARK.sub("", line.strip()) for text in texts for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


Lines = BeforeValidator(_lines)
