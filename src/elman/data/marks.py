"""Marks that stand in a text as if they were words: of the ends of lines, which line breaks mark already, and <unk>."""

import re
from collections import Counter
from collections.abc import Mapping

from elman.text.vocabulary import UNKNOWN

_OF_LINES = ("<s>", "</s>", "<bos>", "<eos>")
_EVERY = (*_OF_LINES, UNKNOWN)
_ALONE = re.compile(r"<(?<!\S<)(?:/?s|bos|eos|unk)>(?!\S)")  # a letter in front, so that the search is for that


def marks_in(text: str) -> Counter[str]:
    """Return how often each mark stands between blanks."""
    return Counter(_ALONE.findall(text) if "<" in text and any(mark in text for mark in _EVERY) else ())


def counts_of(marks: Mapping[str, int], words: bool) -> dict[str, int]:
    """Return what a list of counts says of the marks of a text, where there are some.

    Args:
        marks: how often each stands there.
        words: whether tokens are words, so that a written `<unk>` is what it says.
    """
    lines = sum(marks.get(mark, 0) for mark in _OF_LINES)
    found = {"marks of lines": lines, "written <unk>": marks.get(UNKNOWN, 0) if words else 0}
    return {name: count for name, count in found.items() if count}


def remark_on(marks: Mapping[str, int]) -> str:
    """Return what there is to say of a text that marks its lines itself; empty where it does not."""
    found = ", ".join(f"{marks[mark]:,} {mark}" for mark in _OF_LINES if marks.get(mark))
    return (
        f"the text marks its lines itself: got {found}, which count beside the ends of lines. Take them out."
        if found
        else ""
    )
