"""Parsed sentences as in the Penn Treebank, trees in brackets over one or several lines."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from elman.data.columns import read_lines
from elman.data.readers.base import WritingReader
from elman.data.records import Example
from elman.text.brackets import one_line, parsed, trees

_BEGINS = re.compile(r"\s*\(\s*\(?\s*[A-Z][A-Z0-9$=-]*\s")


class TreebankReader(WritingReader):
    """Yields `source`, the words of a sentence, and `target`, its tree on one line: `(S (NP XX XX )NP (VP XX )VP . )S`.

    Functions (NP-SBJ), traces (-NONE-) and what is empty without them are left out; each word is XX, punctuation its
    sign.
    """

    class Config(WritingReader.Config):
        """Options of treebanks."""

        name: str = "treebank"

    config: Config
    apart = "each tree is an example"
    levels = {"level": "word"}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where it begins with brackets and a label in capitals."""
        return 3 * bool(_BEGINS.match(head))

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the trees of one file.

        Raises:
            DataError: a file cannot be read or is empty; brackets do not match.
        """
        path = paths[0]
        for number, text in trees(read_lines(path, self.config.encoding), str(path)):
            tree = parsed(text)
            words = " ".join(leaf.word for leaf in tree.leaves)
            yield from self._pair(words, [one_line(tree)], f"{path}:{number}")
