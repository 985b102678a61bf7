"""Words as blanks cut them, and signs between them that nobody sees."""

import re

NO_WIDTH = "\u200b\ufeff"
"""A space and a mark of byte order: signs without width, of which neither is a blank to Python."""

_BLANKS = re.compile(r"[ \t]+")


def between_blanks(text: str) -> list[str]:
    """Return what stands between blanks, tabs and line ends.

    Any other white space, such as a no-break space or a form feed, is part of a word, as it is to KenLM and SRILM.
    """
    for mark in "\t\r\n":
        text = text.replace(mark, " ")
    return [word for word in text.split(" ") if word]


def split_words(line: str) -> list[str]:
    """Return what stands between blanks and tabs. Other white space, such as a no-break space, is part of a word."""
    return [word for word in _BLANKS.split(line) if word]
