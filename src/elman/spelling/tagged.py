"""Text with its errors tagged, <ERR targ=RIGHT> WRONG </ERR>, as in Mitton's copy of Holbrook's passages."""

import re
from collections.abc import Iterator, Sequence

from elman.errors import DataError
from elman.spelling.pairs import Pair, Unit
from elman.text.printed import counted

OPEN, CLOSE = "<ERR", "</ERR>"
_TAG = re.compile(r"<ERR\b(?P<inside>[^<>]*)>|</ERR>|</?ERR")
_TARGET = re.compile(r"\s+targ\s*=\s*(?P<right>.*\S)\s*")
_CHUNK = re.compile(r"\S+")
_UNKNOWN = "?"


def read_tagged(lines: Sequence[str], file: str) -> tuple[list[Pair], list[str]]:
    """Return lines as they were typed, without tags, with what was meant in each.

    What stands outside tags is right. `#` is read as £, for which it stands. `targ=?`, where nobody knows what was
    meant, stays in the line and is left out of every count. Attributes have no quotes and may have blanks.

    Args:
        lines: text, each with whole tags.
        file: its name, for messages.

    Raises:
        DataError: a tag within another, one that is not closed on its line, or one without a target or text.
    """
    pairs = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            pairs.append(_line(line.replace("#", "£"), f"{file}:{number}"))
    units = [unit for pair in pairs for unit in pair.units]
    unknown, tagged = sum(unit.right is None for unit in units), sum(line.count(OPEN) for line in lines)
    remarks = [f"{file}: {counted(len(pairs), 'lines')} with {counted(tagged, 'tagged errors')}"]
    if unknown:
        remarks.append(f"{file}: {counted(unknown, 'errors')} with targ=? left out: nobody knows what was meant")
    return pairs, remarks


def _line(line: str, where: str) -> Pair:
    """Return a line without its tags."""
    typed = ""
    units: list[Unit] = []
    for text, right in _parts(line, where):
        if right is None:
            more = [Unit(chunk[0], chunk[0], len(typed) + chunk.start()) for chunk in _CHUNK.finditer(text)]
        else:
            text = text.strip()
            more = [Unit(None if right == _UNKNOWN else right, text, len(typed))]
        if units and more and more[0].start == units[-1].start + len(units[-1].typed):
            units[-1:] = [_joined(units[-1], more.pop(0))]
        units += more
        typed += text
    return Pair(typed, units)


def _joined(left: Unit, right: Unit) -> Unit:
    """Return two units without a blank between as the one word that they are."""
    meant = None if left.right is None or right.right is None else left.right + right.right
    return Unit(meant, left.typed + right.typed, left.start)


def _unquoted(text: str) -> str:
    """Return a text without quotes around the whole of it; an apostrophe at one end is of the word."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _parts(line: str, where: str) -> Iterator[tuple[str, str | None]]:
    """Yield the stretches of a line, those in tags with what was meant."""
    right, start, opened = None, 0, 0
    for tag in _TAG.finditer(line):
        at = f"{where}:{tag.start() + 1}"
        if tag[0] == CLOSE:
            if right is None:
                raise DataError(f"{at}: got {CLOSE}, expected an <ERR targ=RIGHT> before it on the line.")
            if not line[start : tag.start()].strip():
                raise DataError(f"{at}: got nothing between the tags, expected what was typed for {right!r}.")
            yield line[start : tag.start()], right
            right, start = None, tag.end()
            continue
        if right is not None:
            raise DataError(f"{at}: got a tag within the one of column {opened}, expected {CLOSE} before it.")
        target = _TARGET.fullmatch(tag["inside"] or "")
        right = _unquoted(target["right"]) if target else ""
        if not right:
            raise DataError(f"{at}: got {line[tag.start() :][:40]!r}, expected <ERR targ=RIGHT> WRONG </ERR>.")
        yield line[start : tag.start()], None
        start, opened = tag.end(), tag.start() + 1
    if right is not None:
        raise DataError(f"{where}:{opened}: the tag is not closed on its line, expected {CLOSE}.")
    yield line[start:], None
