"""A text field whose lines are its entries."""

from pydantic import BeforeValidator


def _lines(value: object) -> object:
    """A text becomes its lines; anything else is left to the field's own type."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        return value
    lines = (line.strip() for text in texts for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


Lines = BeforeValidator(_lines)
