"""A name, and its red, green and blue."""

import re

from elman.formats.base import Format

_LINE = re.compile(r"(?P<name>\S.*) (?P<shades>(?:0|[1-9]\d*) (?:0|[1-9]\d*) (?:0|[1-9]\d*))")
_MOST = 255


class Color(Format):
    """One line: a name and three whole numbers from 0 to 255, a blank between, such as `Old Gold 207 181 59`."""

    def fault(self, text: str) -> str:
        """Return whether the line is none of these, or a number is too large."""
        found = _LINE.fullmatch(text)
        if found is None:
            return "no name and three numbers"
        numbers = found["shades"].split(" ")
        return "a number above 255" if any(len(one) > 3 or int(one) > _MOST for one in numbers) else ""
