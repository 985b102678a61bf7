"""Speeches of a play: a name with a colon, and what is said."""

import re

from elman.formats.base import Format

_NAME = re.compile(r"[A-Z][\w'’. -]*:")


class Speech(Format):
    """Speeches with an empty line between: a line that is a name and a colon, and a line or more behind it."""

    def fault(self, text: str) -> str:
        """Return whether a speech has no name, or says nothing."""
        for speech in re.split(r"\n{2,}", text):
            name, *lines = speech.split("\n")
            if not _NAME.fullmatch(name):
                return "begins without a name"
            if not lines:
                return "a name, and nothing said"
        return ""
