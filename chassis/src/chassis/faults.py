"""What a failure is called where that is stored: its class, its place, no value that it quotes.

An error's text may quote what people wrote, and outlives them where nobody looks for it.
"""

import re
import traceback

import asyncpg
from pydantic import ValidationError

_QUOTED = re.compile(r"""["'].*["']""")
_NAMING = (AttributeError, ImportError, NameError, TypeError)
"""These quote names of the code."""


def fault_of(error: Exception) -> str:
    """Such as ``KeyError at consumers.py 91: …``; ahead of the colon stands nothing but code."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rpartition('/')[2]} {frame.lineno}"
    return f"{type(error).__name__} at {place}: {_words(error)}"


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return places(error)
    first_line = str(error).partition("\n")[0]
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        return first_line.partition(": ")[0]
    return first_line if isinstance(error, _NAMING) else _QUOTED.sub("…", first_line)


def places(error: Exception) -> str:
    """Pydantic quotes the input, which may be personal; the error's places and kinds may not."""
    if not isinstance(error, ValidationError):
        return type(error).__name__
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'value'}: {each['type']}" for each in found
    )
