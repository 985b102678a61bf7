"""Files of several formats read as one: each as what it looks like, where the training files' format cannot be its."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from elman.data.fields import Field, names_of
from elman.data.readers import READERS, formats, likeness
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError

_SURE = 2


class MixedReader(Reader):
    """Reads files in the format of the training files, and what surely has another format in that.

    Args:
        own: reads the format of the training files.
        fields: what the task needs of each example.
        only: whether all files have that format, because somebody said so.
        named: whether somebody named the format of the training files: what it can read has it.
    """

    def __init__(self, own: Reader, fields: Sequence[Field], only: bool = False, named: bool = False) -> None:
        super().__init__(own.config, own.fields)
        self.own, self.needs, self.only, self.named, self.apart = own, fields, only, named, own.apart
        self.skipped, self.remarks = own.skipped, own.remarks
        self._others: dict[str, Reader] = {}
        self._found: dict[Path, Reader] = {}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say that it is no format by itself."""
        return 0

    def for_training(self) -> Reader:
        """Return what reads the training part."""
        learner = self.own.for_training()
        return self if learner is self.own else MixedReader(learner, self.needs, self.only, self.named)

    def for_answers(self, fields: Sequence[Field] | None = None) -> Reader:
        """Return what reads inputs that are to be answered; what it passes over and remarks is told here, too.

        Args:
            fields: that are read instead, of files that it finds anew; None: the same, of those that were found too.
        """
        if fields is not None:
            own = type(self.own)(self.own.settled, names_of(fields))
            own.skipped, own.remarks = self.skipped, self.remarks
            return MixedReader(own.for_answers(), fields, self.only, self.named)
        answering = {id(one): one.for_answers() for one in (self.own, *self._others.values(), *self._found.values())}
        found = MixedReader(answering[id(self.own)], self.needs, self.only, self.named)
        found._others = {name: answering[id(one)] for name, one in self._others.items()}
        found._found = {path: answering[id(one)] for path, one in self._found.items()}
        return found

    @property
    def settled(self) -> Any:
        """The options of the training files' format, with what reading has decided."""
        return self.own.settled

    @property
    def channels(self) -> Sequence[str]:
        """What the training files call the numbers of a frame."""
        return self.own.channels

    @property
    def season(self) -> int:
        """After how many rows of the training files a year comes again, where that is known."""
        return self.own.season

    @property
    def together(self) -> int:
        """How many files of the training files' format lie side by side."""
        return self.own.together

    def find(self, names: Sequence[str], base: Path = Path()) -> list[Path]:
        """Return the files that names and globs stand for, and see what each looks like."""
        found = []
        for name in names:
            reader = self._reader(name, base)
            paths = reader.find([name], base)
            self._found |= dict.fromkeys(paths, reader)
            found += paths
        return found

    def joined(self, paths: Sequence[Path]) -> list[str]:
        """Return names for files, from which `find` finds them again from anywhere."""
        return [name for reader, some in self._by_reader(paths) for name in reader.joined(some)]

    def overlap(self, one: str, other: str) -> bool:
        """Say whether two parts of a file may share an example, as the training files' format has it."""
        return self.own.overlap(one, other)

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the examples of files in order, each in its format."""
        for reader, some in self._by_reader(paths):
            yield from reader.read(some)

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        return self.read(paths)

    def _by_reader(self, paths: Sequence[Path]) -> Iterator[tuple[Reader, list[Path]]]:
        for _, group in groupby(paths, key=lambda path: id(self._found.get(path, self.own))):
            some = list(group)
            yield self._found.get(some[0], self.own), some

    def _reader(self, name: str, base: Path) -> Reader:
        """Return what reads a file: another format only where it is sure, and the own one cannot be or fails."""
        able = formats(self.needs)
        path = base / name
        beside = "," in name and not path.exists()
        if len(able) < 2 or self.own.any_text or not (beside or path.is_file() or path.is_dir()):
            return self.own
        own = self.own.config.name
        sure = likeness(str(path), self.needs, able)
        best = max(able, key=lambda one: sure[one])
        if best == own or sure[best] < _SURE:
            return self.own
        likely = sure.get(own, 0) > 0
        if (likely and self.own.insists) or ((likely or self.named) and _reads(self.own, name, base)):
            if not likely:
                self.remark(f"{name}: looks like {best}, and is read as {own}, which was named (reader.name)")
            return self.own
        if self.only:
            return self._only(name, base, best if not sure.get(own, 0) else "")
        named, usual = self._others.get(best) or self._other(best), self._other(best, by_name=False)
        other = next((one for one in (named, usual) if _reads(one, name, base)), None)
        if other is None:
            return self._only(name, base, best if not sure.get(own, 0) else "", _refusal(named, name, base))
        self._others[best] = other
        self.remark(f"{name}: read as {best}, which it looks like; the training files are {own}")
        return other

    def _only(self, name: str, base: Path, like: str, why: str = "") -> Reader:
        """Return the reader of the training files' format.

        Raises:
            DataError: the file is another, and cannot be read in that either.
        """
        if like and (own := _refusal(self.own, name, base)):
            raise DataError(
                f"{base / name}: looks like {like}, and {self.own.config.name} is read, as in training. Give --set "
                f"reader.name={like} too, with the columns that it has; {why or own}"
            )
        return self.own

    def _other(self, name: str, by_name: bool = True) -> Reader:
        """Return a reader of another format, which finds the columns that have names by these, or by usual ones."""
        kind = READERS.get(name)
        given: dict[str, Any] = {"name": name, "encoding": self.config.encoding}
        columns = getattr(self.config, "columns", {})
        if by_name and "columns" in kind.Config.model_fields and isinstance(columns, Mapping):
            given["columns"] = {field: column for field, column in columns.items() if isinstance(column, str)}
        reader = kind(kind.Config(**given), self.fields)
        reader.skipped, reader.remarks = self.skipped, self.remarks
        return reader.for_answers() if self.own.answers else reader


def _reads(reader: Reader, name: str, base: Path) -> bool:
    """Say whether a reader finds a first example in a file."""
    return not _refusal(reader, name, base)


def _refusal(reader: Reader, name: str, base: Path) -> str:
    """Return why a reader finds no first example in a file; empty where it does."""
    trial = type(reader)(reader.settled, reader.fields)
    try:
        next(trial.read(trial.find([name], base)))
    except (DataError, StopIteration) as error:
        return str(error) or "no example is in it"
    return ""
