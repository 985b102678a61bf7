"""Files that ask what word vectors know: pairs that people have scored, and analogies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.data.numbers import finite
from elman.data.sources import numbered_lines
from elman.errors import DataError

_AGAIN = 0.2
"""The share of lines of four words whose second pair is the first of another, where they are analogies."""


class WordPairs(NamedTuple):
    """Pairs of words and how alike people find them: WordSim-353, SimLex-999.

    Args:
        pairs: of words.
        scores: of each pair, (N,); the larger the more alike.
    """

    pairs: Sequence[tuple[str, str]]
    scores: np.ndarray


class Analogies(NamedTuple):
    """Questions a : b = c : d, by section.

    Args:
        sections: name and questions of each.
    """

    sections: Mapping[str, Sequence[tuple[str, str, str, str]]]


class QuestionFile(NamedTuple):
    """A file of questions: where it is, and what it asks."""

    path: Path
    asked: WordPairs | Analogies

    @property
    def fingerprint(self) -> str:
        """A hash of the file."""
        return sha256(self.path.read_bytes()).hexdigest()[:16]


def read_all_questions(paths: Sequence[Path], encoding: str = "utf-8") -> list[QuestionFile]:
    """Return the questions of all files, or nothing if they are text.

    Raises:
        DataError: they are both.
    """
    found = [QuestionFile(path, asked) for path in paths if (asked := read_questions(path, encoding)) is not None]
    if found and len(found) < len(paths):
        text = next(path for path in paths if path not in {one.path for one in found})
        raise DataError(f"{found[0].path} has questions and {text} has text: expected one kind. Give one of them.")
    return found


def read_questions(path: Path, encoding: str = "utf-8") -> WordPairs | Analogies | None:
    """Return the questions of a file, or None if it has other text.

    analogies    lines of four words, after lines `: name of a section` (questions-words.txt); or without, where the
                 second pair of many lines is the first pair of others
    pairs        lines `word word score` with tabs, semicolons, commas or blanks between; a first line that names
                 columns, and columns before and after the first number, are passed over (WordSim-353, SimLex-999); so
                 are lines with #. With blanks, every line has just these three (MEN).

    Raises:
        DataError: a file that begins so goes on otherwise; the message has the line. Or it cannot be read.
    """
    if path.exists() and not path.is_file():
        return None  # a pipe, which can be read only once, is text
    lines = list(islice(_lines(path, encoding), 2))
    if not lines:
        return None
    if lines[0][1].startswith(":"):
        return _analogies(path, _lines(path, encoding))
    named = _names_columns(*(line for _, line in lines))
    first = _pair(lines[named][1]) if lines[named:] else None
    if first and (_separator(lines[named][1]) or (len(lines) > 1 and _pair(lines[1][1]))):  # a line of prose may be so
        return _pairs(path, islice(_lines(path, encoding), int(named), None))
    return _bare_analogies(_lines(path, encoding))


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that are neither empty nor remarks, with their numbers."""
    for number, line in numbered_lines(path, encoding):
        if (bare := line.strip()) and not bare.startswith("#"):
            yield number, bare


def _analogies(path: Path, lines: Iterable[tuple[int, str]]) -> Analogies:
    sections: dict[str, list[tuple[str, str, str, str]]] = {}
    name = ""
    for number, line in lines:
        if line.startswith(":"):
            name = line[1:].strip()
            sections.setdefault(name, [])
            continue
        words = line.split()
        if len(words) != 4:
            raise DataError(f"{path}:{number}: {len(words)} words, expected four: a b c d for a : b = c : d.")
        sections[name].append((words[0], words[1], words[2], words[3]))
    return Analogies(sections)


def _bare_analogies(lines: Iterable[tuple[int, str]]) -> Analogies | None:
    """Return the analogies of lines without sections, or None if they are other text, of four words by chance."""
    found = []
    for _, line in lines:
        words = line.split()
        if len(words) != 4:
            return None
        found.append((words[0], words[1], words[2], words[3]))
    first = {(a, b) for a, b, _, _ in found}
    again = sum((c, d) in first for _, _, c, d in found)
    return Analogies({"all": found}) if again >= max(2, _AGAIN * len(found)) else None


def _pairs(path: Path, lines: Iterable[tuple[int, str]]) -> WordPairs:
    pairs, scores = [], []
    for number, line in lines:
        found = _pair(line)
        if found is None:
            raise DataError(f"{path}:{number}: got {line!r}, expected two words and a score, tabs or commas between.")
        pairs.append((found[0], found[1]))
        scores.append(found[2])
    return WordPairs(pairs, np.array(scores))


def _names_columns(first: str, second: str = "") -> bool:
    """Say whether the first line has no score, or it is not where that of the second is: some columns are numbered."""
    places = [_score_of(_fields(line)) for line in (first, second)]
    return places[0] is None or (places[1] is not None and places[0][0] != places[1][0])


def _pair(line: str) -> tuple[str, str, float] | None:
    fields = _fields(line)
    found = _score_of(fields)
    separator = _separator(line)
    if found is None or (not separator and len(fields) != 3):
        return None
    if separator != "\t" and any(" " in word for word in fields[:2]):
        return None  # prose has commas and numbers too
    return fields[0], fields[1], found[1]


def _separator(line: str) -> str:
    """Return what stands between the columns of a line; nothing for blanks."""
    return next((mark for mark in "\t;," if mark in line), "")


def _fields(line: str) -> list[str]:
    separator = _separator(line)
    return [field.strip() for field in line.split(separator)] if separator else line.split()


def _score_of(fields: Sequence[str]) -> tuple[int, float] | None:
    """Return the first number behind two words, and in which column it is."""
    for place, field in enumerate(fields[2:], start=2):
        score = finite(field.replace(",", "."))
        if score is not None:
            return place, score
    return None
