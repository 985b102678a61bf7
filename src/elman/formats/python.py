"""Python: a program, or the first line of a block, or a decorator, as it would stand in one."""

import ast
import re
import warnings

from elman.formats.base import Format

_PARTS = (
    (re.compile(r"(elif|else)\b"), "if x:\n pass\n{}"),
    (re.compile(r"except\b"), "try:\n pass\n{}"),
    (re.compile(r"finally\b"), "try:\n pass\n{}"),
    (re.compile(r"case\b"), "match x:\n {}"),
)


class Python(Format):
    """Statements of Python, as the interpreter that runs elman parses them.

    A line that opens a block has none in a list of lines: where the last line ends in a colon, `pass` is put behind
    it, and what `else`, `except` or `case` go on from is put before. A decorator gets a function.
    """

    def fault(self, text: str) -> str:
        """Return what the parser meets first."""
        first = _fault(text)
        return "" if not first or any(not _fault(whole) for whole in _completed(text)) else first


def _completed(text: str) -> list[str]:
    """Return the programs that a text may be a piece of."""
    if text.startswith("@") and "\n" not in text:
        return [f"{text}\ndef f(): pass"]
    if not text.endswith(":"):
        return []
    whole = f"{text} pass"
    return [whole, *(frame.format(whole) for begins, frame in _PARTS if begins.match(text))]


def _fault(text: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that will once be errors
            ast.parse(text)
    except SyntaxError as error:
        return re.sub(r"\(.*|'.*|on line .*", "", str(error.msg)).strip() or "invalid syntax"
    except (ValueError, MemoryError, RecursionError) as error:
        return str(error) or "nested too deeply"
    return ""
