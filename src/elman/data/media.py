"""Readers of files of which each is one recording: what is known of each stands in its name, its folder or a list."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field as Option

from elman.data.fields import Field, Kind
from elman.data.listing import Listing, has_texts, looks_like_list, read_listing
from elman.data.readers.base import Reader
from elman.data.recordings import Recording
from elman.data.records import Example
from elman.data.sources import files_of
from elman.errors import DataError
from elman.text.printed import counted, listed

_LOOKED_AT = 1000
_MARKS = "_-. "
_SHOWN = 3
_MOST_NAMED = 3
"""Of files that cannot be read."""

_BESIDE = 9
"""Files that may lie beside each recording: its text, its phones, its words."""


class MediaReader(Reader):
    """Yields the field `frames`, a recording, with `labels` or a text beside it.

    A source is a folder, with a folder a class or with files that begin with their label (`7_george_0.wav`); such
    files themselves; or a list, a line a file: its name, and its label or text, with a tab or a comma between. Names
    are relative to the list; their ending may be left out. A first line may name the columns.
    """

    class Config(Reader.Config):
        """Options of recordings in files."""

        label: Literal["auto", "folder", "name"] = Option(
            "auto",
            description="Where a label stands that no list gives: folder, the name of the folder of a file; name, what "
            "stands before the first _ or - of its own; auto: seen and said.",
        )
        folder: str = Option(
            "", description="Where the files of a list lie, relative to it; left out, beside it, or in a folder there."
        )
        columns: dict[str, str | int] = Option(
            {}, description="Columns of a list by name or number from 1, such as {frames = 'id', text = 'text'}."
        )

    config: Config
    holds = {Kind.FRAMES: 1, Kind.LABELS: 1, Kind.TEXT: 1, Kind.TEXTS: 1}
    folders = None
    apart = "each file is an example"
    endings: ClassVar[tuple[str, ...]]
    """How the files of recordings end."""

    things: ClassVar[str]
    """What they are, in the plural."""

    def __init__(self, config: Any, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self.passes_broken = False
        """Whether a file that cannot be read is told and passed over: to describe the others, not to train on them."""
        self._label, self._folder = config.label, config.folder
        self._broken = 0

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say whether frames are asked for, and at most one thing beside them."""
        return len(fields) <= 2 and any(field.kind is Kind.FRAMES for field in fields) and super().gives(fields)

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 4 for a folder or a list of such files, 3 for one of them, or a list of texts where labels are wanted."""
        if path.is_dir():
            return 4 if cls._are_most(path) else 0
        if path.name.lower().endswith(cls.endings):
            return 3
        if not looks_like_list(path, head, cls.endings):
            return 0
        return 3 if has_texts(head) == ("labels" in fields) else 4

    @classmethod
    def _are_most(cls, folder: Path) -> bool:
        """Say whether such files, with what may lie beside each, are what a folder and its folders have.

        Of each the first entries are looked at. One picture among hundreds of texts is none of them.
        """
        entries = list(islice(files_of(folder), _LOOKED_AT))
        inside = [one for entry in entries if entry.is_dir() for one in islice(files_of(entry), _LOOKED_AT)]
        files = [one for one in (*entries, *inside) if not one.is_dir()]
        found = sum(map(cls._is_one, files))
        return found > 0 and len(files) <= (1 + _BESIDE) * found

    @classmethod
    def _is_one(cls, path: Path) -> bool:
        return path.name.lower().endswith(cls.endings)

    @abstractmethod
    def record(self, path: Path) -> Recording | None:
        """Return what a file has; None where it is left out, which is counted.

        Raises:
            DataError: it cannot be read.
        """

    @property
    def _decided(self) -> Mapping[str, Any]:
        return {"label": self._label, "folder": self._folder}

    @property
    def _beside_it(self) -> str:
        """The field that an example has beside its recording; empty where it has none."""
        return next((name for name in self.fields if name != "frames"), "")

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the recordings of a folder, a file or a list.

        Raises:
            DataError: a file cannot be read, or is named and not there; there is no label.
        """
        path = paths[0]
        if path.is_dir():
            yield from self._of_folder(path)
        elif self._is_one(path):
            yield from self._example(path, self._of_file(path))
        else:
            yield from self._of_list(path)

    def _of_file(self, path: Path) -> dict[str, Any]:
        """Return what stands beside the recording of a file that no list has.

        Raises:
            DataError: a text is wanted, of which a file alone has none.
        """
        if self._beside_it == "labels":
            return {"labels": self._named(path)}
        if self._beside_it and not self.answers:
            raise DataError(
                f"{path}: one of the {self.things} alone, without a {self._beside_it}. Give a list with a line a file: "
                f"its name and its {self._beside_it}, a tab between."
            )
        return {self._beside_it: ""} if self._beside_it else {}

    def _of_folder(self, folder: Path) -> Iterator[Example]:
        entries = files_of(folder)
        inside = [entry for entry in entries if entry.is_dir()] if self._label != "name" else []
        classes = [entry for entry in inside if any(map(self._is_one, files_of(entry)))]
        if classes and self._label == "auto":
            self._settle("folder", classes[0])
        for parent in classes or [folder]:
            for file in files_of(parent):
                if not self._is_one(file):
                    self.skipped[f"files beside the {self.things}"] += 1
                elif self._beside_it in ("", "labels"):
                    yield from self._example(file, {"labels": self._named(file)} if self._beside_it else {})
                elif not self.answers:
                    raise DataError(
                        f"{folder}: a folder of {self.things}, without a {self._beside_it} for each. Give a list with "
                        f"a line a file: its name and its {self._beside_it}, a tab between."
                    )

    def _named(self, file: Path) -> list[str]:
        """Return the label of a file that no list has."""
        name = file.name[: min(place for place in map(f"{file.name}.".find, _MARKS) if place >= 0)]
        if self._label == "auto":
            self._settle("name" if name != file.stem else "folder", file)
        return [name if self._label == "name" else file.absolute().parent.name]

    def _settle(self, label: Literal["folder", "name"], file: Path) -> None:
        self._label = label
        how = "the folder of each file" if label == "folder" else "what each file's name begins with"
        other = "name" if label == "folder" else "folder"
        shown = file.name
        self.remark(f"labels: {how}, guessed ({shown}); --set reader.label={other} takes the other")

    def _of_list(self, path: Path) -> Iterator[Example]:
        listing = read_listing(path, self.config.encoding, self._wanted)
        self._folder = self._folder or listing.folder
        if listing.others:
            names = listed([one.name for one in listing.others], _SHOWN)
            some = counted(len(listing.others), self.things)
            self.remark(
                f"{path.name}: {some} beside it {'is' if len(listing.others) == 1 else 'are'} not in it: {names}"
            )
        if listing.cut:
            self.remark(
                f"{path.name}: {counted(len(listing.cut), 'lines')} with cells behind the {self._beside_it}, which are "
                f"not read, first line {listing.cut[0]}: {listing.cell!r}. A text with a tab in it is cut there"
            )
        self._tell_several(path, listing.rows)
        for file, value in self._together(listing.rows) if self._beside_it in ("", "target") else listing.rows:
            given: Any = [value] if self._beside_it == "labels" else value
            if self._beside_it and not value and not self.answers:
                if self._beside_it != "target":
                    self.skipped[f"rows without {self._beside_it}"] += 1
                continue
            yield from self._example(file, {self._beside_it: given} if self._beside_it else {})

    def _tell_several(self, path: Path, rows: Sequence[tuple[Path, str]]) -> None:
        """Tell of files that a list names with different texts or labels, where only one can be right."""
        said: dict[Path, set[str]] = {}
        for file, value in rows if self._beside_it not in ("", "target") else ():
            said.setdefault(file, set()).add(value)
        several = [file for file, values in said.items() if len(values) > 1]
        if several:
            names = listed([file.name for file in several], _SHOWN)
            self.remark(
                f"{path.name}: {counted(len(several), self.things)} with different {self._beside_it.rstrip('s')}s: "
                f"{names}. One of each can be right: mend them"
            )

    def _together(self, rows: Sequence[tuple[Path, str]]) -> Iterator[tuple[Path, list[str]]]:
        """Yield each file once, with all that its rows say: none of them may come to learn from what another is asked.

        Rows that say nothing are counted.
        """
        found: dict[Path, list[str]] = {}
        for file, value in rows:
            found.setdefault(file, []).extend([value] if value else [])
            if self._beside_it and not value and not self.answers:
                self.skipped[f"rows without {self._beside_it}"] += 1
        yield from found.items()

    @property
    def _wanted(self) -> Listing:
        return Listing(self.endings, self.things, self._beside_it, self.config.columns, self._folder, self.answers)

    def _example(self, file: Path, beside: Mapping[str, Any]) -> Iterator[Example]:
        try:
            recording = self.record(file)
        except DataError as error:
            if not self.passes_broken:
                raise
            self.skipped["files that cannot be read: a training stops there"] += 1
            self._broken += 1
            if self._broken <= _MOST_NAMED:
                self.remark(error.lines[0])
            return
        if recording is not None:
            yield Example({"frames": recording, **beside}, str(file))
