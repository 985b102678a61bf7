"""Transcripts as CMU Sphinx has them: `x.transcription` with what was said, and `x.fileids` with where it is."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from os.path import normpath
from pathlib import Path
from typing import NamedTuple

from elman.data.columns import read_lines, whole_lines
from elman.data.readers.audio import AudioReader
from elman.data.records import Example
from elman.data.sources import files_of, is_there
from elman.errors import DataError
from elman.text.printed import counted, listed

_PATHS, _TEXTS = ".fileids", ".transcription"
_SAID = re.compile(r"(?P<text>.*?)\s*\((?P<id>[^()\s]+)\)\s*")
_FILLERS = ("<s>", "</s>", "<sil>")
_PLACES = (".", "wav", "../wav", "..")
"""Where recordings may lie, relative to the lists."""

_SHOWN = 3


class _Row(NamedTuple):
    """A recording that a list names.

    Args:
        name: its path without ending, relative to where recordings lie.
        text: what is said there.
        line: of the list.
    """

    name: str
    text: str
    line: int


class SphinxReader(AudioReader):
    """Yields the fields `frames`, the sound of a recording, and `text`, what is said there.

    Either of two files stands for both: line n of `x.fileids` is the path of a recording without its ending, line n of
    `x.transcription` what is said there, a blank, and the end of that path between parentheses: `GO (an253-fash-b)`.
    The marks `<s>`, `</s>` and `<sil>` are no words. Recordings lie where `reader.folder` says, or beside the lists, or
    a folder above; in `wav` there. Sound itself is read as format `audio` does.
    """

    class Config(AudioReader.Config):
        """Options of transcripts of Sphinx."""

        name: str = "sphinx"

    config: Config

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 5, which is surer than any list, for one of the two files if the other lies beside it."""
        if path.suffix not in (_PATHS, _TEXTS) or "labels" in fields:
            return 0
        both = all(is_there(path.with_suffix(ending)) for ending in (_PATHS, _TEXTS))
        return 5 * both or 3 * any(map(_SAID.fullmatch, whole_lines(head)[:1])) or int(path.suffix == _PATHS)

    def _of_list(self, path: Path) -> Iterator[Example]:
        if path.suffix not in (_PATHS, _TEXTS):
            yield from super()._of_list(path)
            return
        rows = list(self._rows(path))
        files = self._files(rows, path)
        self._tell_others(files, path)
        for row, file in zip(rows, files, strict=True):
            if self._beside_it and not row.text and not self.answers:
                self.skipped["recordings where nothing is said"] += 1
                continue
            yield from self._example(file, {self._beside_it: row.text} if self._beside_it else {})

    def _rows(self, path: Path) -> Iterator[_Row]:
        """Yield what both files say of each recording.

        Raises:
            DataError: a file is missing; they have not as many lines; a line has no id, or another than the path.
        """
        paths, texts = (path.with_suffix(ending) for ending in (_PATHS, _TEXTS))
        if not is_there(paths):
            raise DataError(f"{paths}: is missing, expected it beside {texts.name}: a line a recording, its path.")
        names = [(number, line.strip()) for number, line in read_lines(paths, self.config.encoding) if line.strip()]
        if not self._beside_it or (self.answers and not is_there(texts)):
            yield from (_Row(name, "", number) for number, name in names)
            return
        if not is_there(texts):
            raise DataError(f"{texts}: is missing, expected it beside {paths.name}: what is said in each, and its id.")
        said = [(number, line.strip()) for number, line in read_lines(texts, self.config.encoding) if line.strip()]
        for one, other in zip_longest(names, said):
            if one is None or other is None:
                more, fewer, rest = (texts, paths, said) if one is None else (paths, texts, names)
                left = rest[min(len(names), len(said)) :]
                raise DataError(
                    f"{more}:{left[0][0]}: {counted(len(left), 'lines')} more than {fewer.name} has: "
                    f"{listed([line for _, line in left], _SHOWN)}, expected a line there for each. Mend the lists."
                )
            yield self._row(one, other, texts)

    @staticmethod
    def _row(path: tuple[int, str], text: tuple[int, str], texts: Path) -> _Row:
        (line, name), (place, said) = path, text
        where, found = f"{texts}:{place}", _SAID.fullmatch(said)
        if found is None:
            raise DataError(f"{where}: no id: got {said[-40:]!r}, expected the text, a blank, ({Path(name).name}).")
        if found["id"] not in (name, Path(name).name):
            raise DataError(
                f"{where}: got the id {found['id']!r}, expected {Path(name).name!r} as on line {line} of the .fileids. "
                "Bring both lists into the same order."
            )
        return _Row(name, " ".join(word for word in found["text"].split() if word not in _FILLERS), line)

    def _files(self, rows: Sequence[_Row], path: Path) -> list[Path]:
        """Return the files of recordings.

        Raises:
            DataError: some are not there.
        """
        folder = self._root(rows, path)
        found = [_file(folder / row.name, self.endings) for row in rows]
        missing = [row.name for row, file in zip(rows, found, strict=True) if file is None]
        if missing:
            raise DataError(
                f"{path}: {len(missing):,} of {len(rows):,} recordings are not there: {listed(missing, _SHOWN)}. "
                f"Looked for in {folder}, with the endings {', '.join(self.endings)}; --set reader.folder=FOLDER names "
                "another."
            )
        return [file for file in found if file is not None]

    def _root(self, rows: Sequence[_Row], path: Path) -> Path:
        """Return what the paths of a list are relative to: the first folder where one of them is there."""
        places = [self.config.folder] if self.config.folder else _PLACES
        folders = [Path(normpath(path.parent / place)) for place in places]
        there = (one for one in folders if any(_file(one / row.name, self.endings) for row in rows))
        return next(there, folders[-1])

    def _tell_others(self, files: Sequence[Path], path: Path) -> None:
        """Tell of recordings that lie beside those of a list and are not in it."""
        known = set(files)
        beside = [one for folder in dict.fromkeys(file.parent for file in files) for one in files_of(folder)]
        others = [one.name for one in beside if self._is_one(one) and one not in known]
        if others:
            count = counted(len(others), f"{self.things} beside those it names")
            self.remark(f"{path.name}: not in it: {count}: {listed(others, _SHOWN)}")


def _file(path: Path, endings: Sequence[str]) -> Path | None:
    """Return the file of a recording, whose path has no ending."""
    every = (path.with_name(f"{path.name}{ending}") for ending in (*endings, *map(str.upper, endings)))
    return next(filter(is_there, every), None)
