"""Commands that write one file or two from a run, or a run from a file."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from elman.errors import ElmanError
from elman.files.durable import is_partial
from elman.vectors.formats import read_vectors

from .jobs import Job, NewRun, done
from .trainings import TRAININGS


class Export(Job):
    """A command that writes a file over an older one.

    Args:
        files: the folder of data.
        base: a folder of its own.
        training: what is trained for it.
        names: the files that it writes, the one that is named first.
        arguments: what is typed, with {run}, {other} and {out} in it.
    """

    def __init__(
        self, files: Path, base: Path, training: str, names: tuple[str, ...], arguments: tuple[str, ...]
    ) -> None:
        super().__init__(files, base)
        self._training = TRAININGS[training]
        self._names = names
        self._arguments = arguments

    def prepare(self) -> None:
        """Train two runs, and write the older file from the second, the newer from the first."""
        super().prepare()
        for name, other in (("run", False), ("other", True)):
            done([*self._training.command(self.files, other), "--out", str(self.base / name)])
        for place, swapped in (("older", True), ("newer", False)):
            (self.base / place).mkdir()
            done(self._typed(self.base / place, swapped))

    def _typed(self, place: Path, swapped: bool = False) -> list[str]:
        runs = [str(self.base / name) for name in ("run", "other")]
        run, other = reversed(runs) if swapped else runs
        given = {"run": run, "other": other, "out": str(place / self._names[0]), "files": str(self.files)}
        return [part.format(**given) for part in self._arguments]

    def begin(self, place: Path) -> None:
        """Put the older file there."""
        shutil.copytree(self.base / "older", place)

    def command(self, place: Path) -> list[str]:
        """Return the same command each time."""
        return self._typed(place)

    def content(self, place: Path) -> dict[str, Any]:
        """Return the files."""
        return {path.name: path.read_bytes() for path in place.iterdir() if not is_partial(path.name)}

    def lost(self, place: Path) -> str:
        """Say whether there is something that is neither the older nor the newer."""
        got = {name: content for name, content in self.content(place).items() if name in self._names}
        wholes = [self.content(self.base / "older"), self.content(self.base / "newer")]
        if got in wholes or (len(self._names) > 1 and _is_refused(place / self._names[0])):
            return ""
        return f"{', '.join(self._names)}: neither the older nor the newer"


class Page(Export):
    """A page that compares two runs, which has the time in it."""

    def content(self, place: Path) -> dict[str, Any]:
        """Return how the pages begin and end."""
        found = super().content(place)
        return {name: (content[:60], content[-16:]) for name, content in found.items()}


class Import(NewRun):
    """A run made of an ARPA file."""

    def __init__(self, files: Path, base: Path) -> None:
        super().__init__(files, base, TRAININGS["ngram"])

    def prepare(self) -> None:
        """Write the ARPA file."""
        super().prepare()
        done([*self.training.command(self.files), "--out", str(self.base / "run")])
        done(["export", str(self.base / "run"), str(self.base / "model.arpa")])

    def command(self, place: Path) -> list[str]:
        """Return the import; over what a kill has left, where there is a run already."""
        over = ["--overwrite"] if (place / "config.toml").exists() else []
        return ["import", str(self.base / "model.arpa"), "--out", str(place), *over]

    def lost(self, place: Path) -> str:
        """Nothing was there."""
        return ""


def _is_refused(path: Path) -> bool:
    """Say whether a file cannot be read as vectors: of two files, one is missing."""
    try:
        read_vectors(path)
    except ElmanError:
        return True
    return False


def exports() -> dict[str, Callable[[Path, Path], Job]]:
    """Return every one, by name."""
    write = ("export", "{run}", "{out}", "--overwrite")
    page = ("compare", "{run}", "{other}", "--on", "{files}/text.valid.txt", "--html", "{out}")
    found: dict[str, Callable[[Path, Path], Job]] = {
        f"export/{ending}": partial(Export, training=training, names=names, arguments=write)
        for ending, training, names in (
            ("arpa", "ngram", ("m.arpa",)),
            ("arpa.gz", "ngram", ("m.arpa.gz",)),
            ("txt", "embed", ("v.txt",)),
            ("bin", "embed", ("v.bin",)),
            ("npy", "embed", ("v.npy", "v.words.txt")),
        )
    }
    found["export/page"] = partial(Page, training="unigram", names=("page.html",), arguments=page)
    found["import/arpa"] = Import
    return found
