"""Series as of the UEA and UCR archives: `.ts`, a series a line, its label last."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from elman.data.columns import read_lines
from elman.data.fields import Kind
from elman.data.numbers import Decimals
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.series import number, refuse_empty
from elman.errors import DataError
from elman.text.printed import counted

_STAMPED = re.compile(r"\(\s*[^,()]*,([^()]*)\)")

_POINTS = Decimals(".")


class TsReader(Reader):
    """Yields the fields `frames`, (T, F) numbers, NaN where one is missing, and `labels`.

    A line is F dimensions with `:` between them, their values with `,` between, and the label behind the last `:`.
    Values may stand in pairs with a time stamp, `(t, x)`, which is not read. Lines that begin with # are comments.
    """

    class Config(Reader.Config):
        """Options of `.ts` files."""

        name: str = "ts"

    holds = {Kind.FRAMES: 1, Kind.LABELS: 1}
    apart = "each line behind @data is an example"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for the usual ending with the usual header."""
        lines = (line.strip().lower() for line in head.split("\n"))
        return 3 if any(line.startswith(("@problemname", "@data")) for line in lines) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the series of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no @data; a value is no number; a line has another number
                of dimensions than the first, dimensions of different lengths, an unknown label, or nothing in it.
        """
        path = paths[0]
        header: dict[str, str] = {}
        data = False
        first: tuple[int, int] | None = None
        for line, text in read_lines(path, self.config.encoding):
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            if not data:
                key, _, value = text.strip().partition(" ")
                data = key.lower() == "@data"
                header[key.lower().removeprefix("@")] = value.strip()
                if not key.startswith("@"):
                    raise DataError(
                        f"{path}:{line}: got {text[:40]!r} before @data, expected a line that begins with @."
                    )
                continue
            where = f"{path}:{line}"
            frames, label = self._series(text, where, header)
            first = first or (line, frames.shape[1])
            if frames.shape[1] != first[1]:
                raise DataError(f"{where}: {frames.shape[1]} dimensions, expected {first[1]} as on line {first[0]}.")
            _hold_against(header, frames.shape[1], where)
            fields = {"frames": frames} | ({"labels": [label]} if "labels" in self.fields else {})
            yield Example(fields, where)
        if not data:
            raise DataError(f"{path}: no line @data, expected the header of a .ts file. Is it one?")

    def _series(self, text: str, where: str, header: Mapping[str, str]) -> tuple[np.ndarray, str]:
        labels = header.get("classlabel", "true").split()
        labelled = labels[:1] != ["false"]
        if not labelled and "labels" in self.fields:
            what = "a number to predict (@targetLabel)" if "targetlabel" in header else "no labels (@classLabel false)"
            raise DataError(f"{where}: the file has {what}, expected a class for each series.")
        *dimensions, label = text.split(":") if labelled else (*text.split(":"), "")
        label = label.strip()
        if labelled and "labels" in self.fields and len(labels) > 1 and label not in labels[1:]:
            raise DataError(f"{where}: label {label!r} is not among those of @classLabel: {' '.join(labels[1:])}.")
        columns = [self._values(values, where, place) for place, values in enumerate(dimensions, start=1)]
        lengths = {len(column) for column in columns}
        if len(lengths) > 1:
            counts = ", ".join(str(len(column)) for column in columns)
            raise DataError(f"{where}: dimensions of {counts} values, expected as many in each.")
        frames = np.array(columns, np.float64).T.reshape(-1, max(1, len(columns)))
        refuse_empty(list(frames), where)
        return frames, label

    def _values(self, text: str, where: str, dimension: int) -> list[float]:
        if not text.strip():
            return []
        values = _STAMPED.findall(text) or text.split(",")
        return [
            number(value, where, f"value {place} of dimension {dimension}", _POINTS)
            for place, value in enumerate(values, start=1)
        ]


def _hold_against(header: Mapping[str, str], dimensions: int, where: str) -> None:
    """Refuse a series that has other dimensions than the header says.

    Raises:
        DataError: so it is; the message names what says so.
    """
    says = {f"@{key}": value for key in ("dimensions", "dimension") if (value := header.get(key, "")).isdecimal()}
    if header.get("univariate", "").lower() == "true":
        says["@univariate true"] = "1"
    for name, said in says.items():
        if int(said) != dimensions:
            raise DataError(
                f"{where}: {counted(dimensions, 'dimensions')}, expected {said} as {name} says. Mend the one or the "
                "other."
            )
