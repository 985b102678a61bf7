"""Where examples stand, said with as little of their path as tells one file from another."""

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

_LINE = re.compile(r":(?:row )?\d+$")


class Places:
    """Names the examples of one file by the lines where they begin, and by their numbers where a line has several.

    No two examples have the same name: what is counted by place, or held out, is told apart.

    Args:
        path: the file.
        one_line: whether all of it is on one line, which then says nothing.
    """

    def __init__(self, path: Path, one_line: bool = False) -> None:
        self._path, self._one_line = path, one_line
        self._row = self._last = 0

    def at(self, line: int) -> str:
        """Return the name of the next example, which begins on a line."""
        self._row += 1
        alone = line > self._last and not self._one_line
        self._last = line
        return f"{self._path}:{line}" if alone else f"{self._path}:row {self._row}"


def short_places(places: Sequence[str]) -> list[str]:
    """Return places by the name of their file alone; where two files share a name, by as many folders as it takes.

    The same from whatever folder, and however, the files are read.

    >>> short_places(["data/a.tsv:3", "data/b.tsv:7"])
    ['a.tsv:3', 'b.tsv:7']
    >>> short_places(["data/train/a.tsv:3", "data/test/a.tsv:7"])
    ['train/a.tsv:3', 'test/a.tsv:7']

    Args:
        places: `file:line`, `file:row 3`, or files.
    """
    of_one_name: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for file in {_LINE.sub("", place) for place in places}:
        of_one_name[Path(file).name].add(_parts(file))
    depths = {name: _depth(files) for name, files in of_one_name.items()}
    return [_last(place, depths[_LINE.sub("", Path(place).name)]) for place in places]


def _parts(file: str) -> tuple[str, ...]:
    return Path(os.path.abspath(file)).parts  # noqa: PTH100 (links stay as they were named)


def _depth(files: set[tuple[str, ...]]) -> int:
    """Return how many of their last parts tell files apart."""
    depth = 1
    while len({parts[-depth:] for parts in files}) < len(files):
        depth += 1
    return depth


def _last(place: str, depth: int) -> str:
    return Path(place).name if depth == 1 else "/".join(_parts(place)[-depth:])
