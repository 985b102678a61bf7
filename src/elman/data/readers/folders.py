"""A folder a class: each file in it is one text, and the name of the folder is its label."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from pydantic import Field

from elman.data.columns import ends_with
from elman.data.fields import Kind
from elman.data.readers.audio import AudioReader
from elman.data.readers.base import Reader
from elman.data.readers.pictures import PicturesReader
from elman.data.records import Example
from elman.data.sources import files_of, read_blocks
from elman.errors import DataError

MEDIA = (*AudioReader.endings, *PicturesReader.endings)
"""How files end that are no texts, whatever lies beside them."""


class FoldersReader(Reader):
    """Yields the fields `text` and `labels`, class by class and file by file, each sorted by name.

    Hidden files and folders are no data. Where no labels are asked for, a folder of files will do.
    """

    class Config(Reader.Config):
        """Options of a folder a class."""

        name: str = "folders"
        pattern: str = Field("*", min_length=1, description="Which files of a class are read, such as *.txt.")

    config: Config
    holds = {Kind.TEXT: 1, Kind.LABELS: 1}
    apart = "each file is an example"

    folders = True

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for a folder that has folders, and for any where no labels are asked for; 2 for any other."""
        if not path.is_dir():
            return 0
        return 3 if "labels" not in fields or any(entry.is_dir() for entry in files_of(path)) else 2

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the files of folders in order.

        Raises:
            DataError: a folder has no folders in it or no texts in those; a file cannot be read.
        """
        path = paths[0]
        classes = [entry for entry in files_of(path) if entry.is_dir()]
        if not classes and "labels" in self.fields:
            raise DataError(f"{path}: got no folder in it, expected one a class, such as {path}/positive/1.txt.")
        beside = sum(not entry.is_dir() for entry in files_of(path)) if classes else 0
        if beside:
            self.skipped["files beside the folders of classes"] += beside
        for folder in classes or [path]:
            for file in self._files(folder):
                text = "".join(block for _, block in read_blocks(file, self.config.encoding)).strip()
                if not text and not self.answers:
                    self.skipped["empty files"] += 1
                    continue
                values = {"text": text, "labels": [folder.name]}
                yield Example({field: values[field] for field in self.fields}, str(file))

    def _files(self, folder: Path) -> Iterator[Path]:
        for entry in files_of(folder):
            if entry.is_dir():
                self.skipped["folders in the folder of a class"] += 1
            elif ends_with(entry, *MEDIA):
                self.skipped["files of pictures or sound"] += 1
            elif fnmatch(entry.name, self.config.pattern):
                yield entry
            else:
                self.skipped[f"files that are no {self.config.pattern}"] += 1
