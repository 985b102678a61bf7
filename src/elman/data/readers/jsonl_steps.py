"""Vectors in JSON lines, with the bits that are to be answered to each: an object a sequence."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from elman.data.columns import read_lines
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError
from elman.files.documents import parse_json

_MOST = float(np.finfo(np.float32).max)


class JsonlStepsReader(Reader):
    """Yields the fields `steps`, (T, F) numbers, and `bits`, (T, K) of 0 and 1, NaN where nothing is asked.

    `{"steps": [[1, 0], [0, 1], [0, 0]], "bits": [null, null, [1, 0]]}` asks for two bits at the last of three steps.
    """

    class Config(Reader.Config):
        """Options of vectors in JSON lines."""

        name: str = "jsonl_steps"

    holds = {Kind.VECTORS: 2}
    apart = "each object is a sequence"

    def __init__(self, config: Reader.Config, fields: Sequence[str] = ("steps", "bits")) -> None:
        super().__init__(config, fields)
        self._widths: dict[str, int] = {}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where the first object has steps."""
        line = next((line for line in head.splitlines() if line.strip()), "")
        try:
            record = parse_json(line)
        except ValueError:
            return 0
        return 3 if isinstance(record, dict) and isinstance(record.get("steps"), list) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the objects of one file.

        Raises:
            DataError: a file cannot be read or is empty; a line is no JSON, no object, has no steps, or bits that are
                none; widths differ; nothing is asked.
        """
        for where, record in self._records(paths[0]):
            if not isinstance(record, dict) or not isinstance(record.get("steps"), list):
                got = f"the keys {', '.join(record)}" if isinstance(record, dict) else str(record)[:40]
                raise DataError(
                    f'{where}: got {got}, expected an object such as {{"steps": [[1, 0], [0, 0]], "bits": [null, '
                    "[1]]}. Write one object a sequence."
                )
            steps = self._rows("steps", record["steps"], where)
            if not len(steps) or np.isnan(steps).any():
                raise DataError(f"{where}: steps: got {_none_of(steps)}, expected numbers at every step. Fill them in.")
            fields: dict[str, Any] = {"steps": steps.astype(np.float32)}
            if "bits" in self.fields:
                fields["bits"] = self._bits(record, len(steps), where)
            yield Example(fields, where)

    def _records(self, path: Path) -> Iterator[tuple[str, Any]]:
        """Yield what stands on each line, with its place."""
        for number, line in read_lines(path, self.config.encoding):
            if not line.strip():
                self.skipped["empty lines"] += 1
                continue
            try:
                yield f"{path}:{number}", parse_json(line)
            except ValueError as error:
                raise DataError(f"{path}:{number}: no JSON: {error}. Write one object a line.") from error

    def _bits(self, record: Mapping[str, Any], steps: int, where: str) -> np.ndarray:
        """Return what is asked at each step."""
        given = record.get("bits")
        if given is None and self.answers:
            return np.full((steps, self._widths.get("bits", 1)), np.nan, np.float32)
        if not isinstance(given, list) or len(given) != steps:
            got = f"{len(given)} of them" if isinstance(given, list) else str(given)[:40]
            raise DataError(f"{where}: bits: got {got}, expected a list for each of {steps} steps, or null. Mend it.")
        if all(one is None for one in given):
            raise DataError(f"{where}: bits: nothing is asked at any step, expected a list at one at least. Mend it.")
        return self._rows("bits", given, where)

    def _rows(self, name: str, given: list[Any], where: str) -> np.ndarray:
        """Return lists of numbers side by side, with NaN for null, all as wide as the first of the file."""
        width = self._widths.setdefault(name, next((len(one) for one in given if isinstance(one, list)), 1))
        rows = np.full((len(given), width), np.nan)
        for place, one in enumerate(given):
            if one is None:
                continue
            if not isinstance(one, list) or len(one) != width or not all(map(_is_number, one)):
                raise DataError(
                    f"{where}: {name}: got {str(one)[:40]} at step {place + 1}, expected {width} numbers as in the "
                    "first of the file, or null. Mend the list."
                )
            rows[place] = one
        return rows


def _is_number(value: Any) -> bool:
    """Say whether a value is a number that float32 has."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _MOST


def _none_of(steps: np.ndarray) -> str:
    return "null" if len(steps) else "none"
