"""A mail's subject line: where a list of mails would cut it off, names and titles give way.

What is named last gives way first.
"""

from collections.abc import Callable, Mapping

SHOWN = 60
"""So many characters a telephone shows of a subject."""
KEPT = 10
"""What is as short as this says too little once it is shortened."""

Values = Mapping[str, object]


def fitted(worded: Callable[[Values], str], values: Values) -> str:
    """The sentence with its values shortened, at a word where they have several, until it fits."""
    said = worded(values)
    for shortened in (_a_word_less, _a_letter_less):
        for name in reversed(list(values)):
            while len(said) > SHOWN and (shorter := shortened(values[name])):
                values = {**values, name: shorter}
                said = worded(values)
    return said


def _a_word_less(value: object) -> str:
    """Nothing where too little would be left."""
    words = value.removesuffix("…").split() if isinstance(value, str) else []
    left = " ".join(words[:-1]).rstrip(" ,;:.–-(/&„“\"'")
    return f"{left} …" if len(left) >= KEPT else ""


def _a_letter_less(value: object) -> str:
    if not isinstance(value, str) or len(value) <= KEPT:
        return ""
    return value.removesuffix("…").rstrip()[:-1].rstrip() + "…"
