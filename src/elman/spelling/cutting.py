"""A line as pieces: words that may be corrected, and what is left alone."""

import re
from typing import NamedTuple

_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"(?P<before>[^\w]*)(?P<word>[^\W\d_]+(?:['’\-][^\W\d_]+)*['’]?)(?P<after>[^\w]*)")
_ADDRESS = re.compile(r"https?://|www\.|\w@\w|\w\.\w+[/\w]*$")
_CODE = re.compile(r"[_\\/<>{}\[\]=|`~^*#$%&+]|\w\(")


class Piece(NamedTuple):
    """What stands between blanks.

    Args:
        start: where its word begins in the line.
        word: without the marks around it.
        kept: why it is left alone: `address`, `code`, `number`, `capitals`, `mixed case`, `digits`, `marks`; empty
            where it may be corrected.
    """

    start: int
    word: str
    kept: str


def pieces(line: str) -> list[Piece]:
    """Return the pieces of a line, in order."""
    found = []
    for chunk in _CHUNK.finditer(line):
        kept, match = _kept(chunk[0]), _WORD.fullmatch(chunk[0])
        if kept or match is None:
            found.append(Piece(chunk.start(), chunk[0], kept or "marks"))
            continue
        word = match["word"]
        found.append(Piece(chunk.start() + match.start("word"), word, _case(word)))
    return found


def _kept(chunk: str) -> str:
    """Return what a chunk is if it is no word."""
    if _ADDRESS.search(chunk):
        return "address"
    if any(letter.isdigit() for letter in chunk):
        return "digits" if any(letter.isalpha() for letter in chunk) else "number"
    return "code" if _CODE.search(chunk) else ""


def _case(word: str) -> str:
    """Return how a word is written if that says to leave it alone."""
    if len(word) > 1 and word.isupper():
        return "capitals"
    return "mixed case" if any(letter.isupper() for letter in word[1:]) else ""


def cased(word: str, like: str) -> str:
    """Return a word with a first capital if another has one."""
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
