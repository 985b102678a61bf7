"""Pieces of passages, of which each would be right."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from elman.coders.base import Coded, Coder, starts
from elman.data.column import Column
from elman.data.outlines import Spans
from elman.data.records import Padded
from elman.errors import CheckpointError, DataError
from elman.files.documents import parse_json_object, read_bytes
from elman.files.durable import write_file


class SpansCoder(Coder):
    """The first and the last word of each piece.

    In a batch a field F has

        F           (B, G, 2)  first and last word of each answer that is right
        F.weights   (B, G)     1 for the first of them and 0 for the others: a question counts once

    Args:
        longest: words that an answer has at most.
    """

    def __init__(self, longest: int) -> None:
        self.longest = longest

    @property
    def outline(self) -> Spans:
        """How long a piece may be."""
        return Spans(self.longest)

    @property
    def names(self) -> Sequence[str]:
        """How many words a piece may have."""
        return [str(words) for words in range(1, self.longest + 1)]

    def counts(self, column: Column) -> dict[str, int]:
        """Return how many answers there are that would be right."""
        return {"answers": len(column.values)}

    def encode(self, values: Sequence[Sequence[Sequence[int]]], places: Sequence[str] = ()) -> Column:
        """Return pieces by their first and last word.

        Raises:
            DataError: one ends before it begins.
        """
        for value, start in zip(values, starts(values, places), strict=True):
            for first, last in value:
                if not 0 <= first <= last:
                    raise DataError(
                        f"{start}got words {first} to {last}, expected the first one before the last one. Mend them."
                    )
        rows = [np.array(value, np.int64).reshape(-1, 2) for value in values]
        joined = np.concatenate([np.empty((0, 2), np.int64), *rows])
        return Column.cut(joined, np.array([len(one) for one in rows], np.int64))

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return the pieces of some questions."""
        ((name, some),) = rows.items()
        padded = column.padded(some)
        weights = padded.mask.copy()
        weights[:, 1:] = False
        return Coded({name: padded, f"{name}.weights": Padded(weights.astype(np.float32), padded.lengths)})

    def decode(self, numbers: np.ndarray) -> list[list[int]]:
        """Return first and last word of each piece."""
        found: list[list[int]] = np.asarray(numbers).tolist()
        return found

    def save(self, folder: Path, name: str) -> None:
        """Write how long a piece may be."""
        write_file(folder / f"{name}.json", f"{json.dumps({'longest': self.longest})}\n".encode())

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: the file is missing or broken.
        """
        path = folder / f"{name}.json"
        try:
            longest = int(parse_json_object(read_bytes(path))["longest"])
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise CheckpointError(f"{path}: cannot be read: {error}. Restore the file.") from error
        return cls(longest)

    @property
    def fingerprint(self) -> str:
        """A hash of how long a piece may be."""
        return hashlib.sha256(f"spans {self.longest}".encode()).hexdigest()[:16]
