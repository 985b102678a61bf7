"""What a reader promises."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field as Option
from pydantic import field_validator

from elman import config as configuration
from elman.data.columns import PASSED_OVER, point_scores, refuse_none, tell_invisible
from elman.data.fields import Field, Kind, hold
from elman.data.records import Example
from elman.data.sources import expand, is_there
from elman.data.stretch import parted
from elman.data.tagging import TagOptions, TagStyle
from elman.data.turned import refuse_turned
from elman.errors import DataError, quoted
from elman.text.printed import counted


class Reader(ABC):
    """Turns files into examples, one after the other, never holding a whole file.

    What is passed over on the way is counted in `skipped`, by what it was; what was guessed stands in `remarks`. The
    user is told both. What the last file calls the columns of fields, where it has names for them, is `called`.

    Args:
        config: the reader's section of the configuration.
        fields: what the task needs of each example, in this order: `text`; `words`, `tags`; `text`, `labels`; `first`,
            `second`, `label`; `frames`, `labels`; `source`, `target`. `words` and `tags` are lists of strings,
            `labels` and `target` (texts of which each is right) lists too, `frames` an array (T, F), the others are
            strings.
    """

    class Config(configuration.Config):
        """Options that every format has."""

        name: str = Option("text", description="The file format; `elman describe readers` lists them.")
        encoding: str = Option("utf-8", description="Encoding of the files, such as utf-8 or latin-1.")

        @field_validator("encoding")
        @classmethod
        def _known_encoding(cls, encoding: str) -> str:
            try:
                "".encode(encoding)
            except (LookupError, ValueError):
                raise ValueError(
                    f"unknown encoding: {quoted(encoding)[1:-1]}. Set reader.encoding to one of text that Python "
                    "knows, such as utf-8."
                ) from None
            return encoding

        def kept_beside(self, given: Mapping[str, Any]) -> dict[str, Any]:
            """Return the options as they are, without what was decided by others that are given anew."""
            return self.model_dump()

    holds: ClassVar[Mapping[Kind, int]] = {}
    """How many fields of each kind an example can have."""

    folders: ClassVar[bool | None] = False
    """Whether a source is a folder and not a file; None: either."""

    any_text: ClassVar[bool] = False
    """Whether any file of lines may have this format, whatever it looks like."""

    named_only: ClassVar[bool] = False
    """Whether a file is read so only where somebody says it."""

    insists: ClassVar[bool] = False
    """Whether what it could read is read by it alone after a training, so that a missing column is told."""

    apart: str = "each row or line is an example"
    """Where an example ends, for whoever has one only and meant several."""

    levels: ClassVar[Mapping[str, str]] = {}
    """What a token of its texts is, by options of a task, where nobody says it."""

    answers = False
    """Whether what it reads is to be answered: every row is an example."""

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        self.config = config
        self.fields = tuple(fields)
        self.skipped: Counter[str] = Counter()
        self.remarks: list[str] = []
        self.called: dict[str, str] = {}
        self._style = TagStyle(config, self.remark) if isinstance(config, TagOptions) and "tags" in fields else None

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say whether an example of this format can have these fields."""
        return hold(cls.holds, fields)

    @classmethod
    @abstractmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say whether a file looks like this format.

        Args:
            path: its name; a folder for a format that is one.
            head: how the file begins, at most 64 K characters; empty for a folder.
            fields: what the task needs.

        Returns:
            0 no; 1 it could be; 2 it looks like it; 3 it is nothing else.
        """

    @classmethod
    def recognizes_together(cls, paths: Sequence[Path], fields: Sequence[str]) -> int:
        """Say whether several files look like this format together, as `recognizes` does of one."""
        return 0

    def for_training(self) -> "Reader":
        """Return what reads the training part; it may give more examples of each place, the first as `read` does."""
        return self

    def for_answers(self) -> "Reader":
        """Return what reads inputs that are to be answered: every row is an example, with an empty side too.

        It is a copy that knows what this one has found and settled; what it passes over and remarks is told here, too.
        """
        reader = copy(self)
        reader.answers = True
        return reader

    @property
    def channels(self) -> Sequence[str]:
        """What the numbers of a frame are called, where files have names for them and one was read."""
        return ()

    @property
    def season(self) -> int:
        """How many rows it takes until what a row is about comes again, where rows are months or quarters; else 0."""
        return 0

    @property
    def passed_over(self) -> list[str]:
        """What was passed over, for people."""
        return [f"passed over: {counted(count, what)}" for what, count in self.skipped.items()]

    @property
    def settled(self) -> Config:
        """The options, with what reading has decided: other files are then read in the same way."""
        decided = dict(self._decided)
        if self._style is not None:
            decided["tag_style"] = self._style.style
        return self.config.model_copy(update=decided)

    @property
    def _decided(self) -> Mapping[str, Any]:
        """What reading has decided of the options of one format."""
        return {}

    @property
    def together(self) -> int:
        """How many files lie side by side, line n of each belonging together."""
        return 1

    def find(self, names: Sequence[str], base: Path = Path()) -> list[Path]:
        """Return the files that names and globs stand for; those side by side follow each other.

        Args:
            names: file names or globs; `a,b` names files side by side.
            base: what names are relative to.

        Raises:
            DataError: a name leads nowhere, to a folder where a file is expected, or to too few side by side.
        """
        return [path for name in names for path in self._find(name, base)]

    def joined(self, paths: Sequence[Path]) -> list[str]:
        """Return names for files, from which `find` finds them again from anywhere."""
        return [",".join(str(path.absolute()) for path in some) for some in self._beside(paths)]

    def _beside(self, paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
        """Yield the files that lie side by side."""
        for start in range(0, len(paths), self.together):
            yield paths[start : start + self.together]

    def _find(self, name: str, base: Path) -> list[Path]:
        parts = [name] if is_there(base / name) else name.split(",")
        found = [expand([part], base, self.folders) for part in parts]
        if len(found) == self.together and all(len(paths) == len(found[0]) for paths in found):
            return [path for beside in zip(*found, strict=True) for path in beside]
        if self.together == 1:
            raise DataError(
                f"{name}: {len(found)} files side by side, expected one: format {self.config.name!r} has everything in "
                "one. Separate files with a blank, or name another format with --set reader.name=parallel."
            )
        counts = " and ".join(counted(len(paths), "files") for paths in found)
        raise DataError(
            f"{name}: got {counts}, expected {self.together} side by side: {', '.join(self.fields)}. Name them "
            f"{','.join(self.fields)} with a comma between."
        )

    def overlap(self, one: str, other: str) -> bool:
        """Say whether two parts of a file, as they are named behind `#`, may share an example; empty for all of it."""
        return one == other

    def remark(self, text: str) -> None:
        """Tell the user something about the files, once."""
        if text not in self.remarks:
            self.remarks.append(text)

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the examples of files in order.

        Args:
            paths: as `find` gives them.

        Raises:
            DataError: a file is missing, empty or not in the format; the message has file and line.
        """
        for beside in self._beside(paths):
            examples = self._examples(beside)
            whole = examples if self._style is None else self._style.read(examples)
            told = tell_invisible(whole, beside[0], self.remark)
            pointed = point_scores(told, beside[0], self.remark) if "score" in self.fields else told
            listed = map(_listed, pointed) if "target" in self.fields else pointed
            checked = refuse_turned(listed, lambda: self.called) if self._may_be_turned else listed
            yield from refuse_none(checked, beside[0], self.skipped)

    @property
    def _may_be_turned(self) -> bool:
        """Whether texts and their labels are read, which may have changed places."""
        return self.fields == ("text", "labels") and not self.answers

    def _kept(self, fields: Mapping[str, Any], where: str) -> Iterator[Example]:
        """Yield an example, unless something in it is empty that must not be; that is counted.

        A text without labels is an example. Whether that means that none fits is for the task to say.
        """
        empty = next((field for field, value in fields.items() if not value and field != "labels"), None)
        if empty is None or self.answers:
            yield Example(fields, where)
        else:
            self.skipped[PASSED_OVER[empty]] += 1

    @abstractmethod
    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the examples of one file, or of files that lie side by side.

        Raises:
            DataError: a file is missing, empty or not in the format; the message has file and line.
        """


class PartedReader(Reader):
    """A format of whose files a part can be named: `FILE#PART`."""

    @abstractmethod
    def overlap(self, one: str, other: str) -> bool:
        """Say whether two parts of a file may share an example; empty for all of it, or for what is usually read."""

    def _find(self, name: str, base: Path) -> list[Path]:
        path, part = parted(base / name)
        return [Path(f"{one}#{part}") if part else one for one in super()._find(str(path), Path())]


class WritingReader(Reader):
    """A format of sources with what is to be written to each: the fields `source` and `target`, and no others."""

    holds = {Kind.TEXT: 1, Kind.TEXTS: 1}

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say whether no other fields are asked for."""
        return super().gives(fields) and {field.name for field in fields} <= {"source", "target"}

    def _pair(self, source: str, target: Sequence[str], where: str) -> Iterator[Example]:
        """Yield the example that a source is with what is right for it, unless one of the two is empty."""
        values = {"source": source, "target": [one for one in target if one] or [""] * self.answers}
        yield from self._kept({field: values[field] for field in self.fields}, where)


def _listed(example: Example) -> Example:
    """Return an example whose target is a list: most formats have one only."""
    target = example.fields["target"]
    listed = [target] if isinstance(target, str) else target or [""]
    return Example({**example.fields, "target": listed}, example.where)
