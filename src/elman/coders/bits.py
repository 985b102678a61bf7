"""Bits that are asked at some steps of a sequence."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from elman.coders.base import Coded, Coder, starts
from elman.data.column import Column
from elman.data.outlines import Classes
from elman.data.records import Padded
from elman.errors import CheckpointError, DataError
from elman.files.documents import parse_json_object, read_bytes
from elman.files.durable import write_file
from elman.text.printed import counted


def asked(bits: np.ndarray) -> np.ndarray:
    """Return at which steps bits are asked, (T,)."""
    found: np.ndarray = ~np.isnan(bits).any(-1)
    return found


class BitsCoder(Coder):
    """K bits a step, 0 or 1; NaN in all of a row where nothing is asked, which then counts nothing.

    Args:
        rates: how often each bit is 1 where it is asked in training, (K,).
    """

    def __init__(self, rates: np.ndarray) -> None:
        self.rates = np.asarray(rates, np.float64)

    @classmethod
    def learn(cls, rows: Iterable[np.ndarray], where: str) -> Self:
        """Return the coder of the bits of training sequences.

        Raises:
            DataError: their widths differ, or nothing is asked.
        """
        ones, count = np.zeros(0), 0
        for bits in rows:
            if count and bits.shape[1] != len(ones):
                raise DataError(f"{where}: {bits.shape[1]} bits a step, expected {len(ones)} as in others of training.")
            there = bits[asked(bits)]
            ones, count = there.sum(0) + (ones if count else 0), count + len(there)
        if not count:
            raise DataError(f"{where}: no step of the training part asks for bits. Is it the right file?")
        return cls(ones / count)

    @property
    def outline(self) -> Classes:
        """The bits, of which any number may be 1."""
        return Classes(self.names, several=True)

    @property
    def names(self) -> Sequence[str]:
        """The bits by number."""
        return [str(number) for number in range(1, len(self.rates) + 1)]

    def counts(self, column: Column) -> dict[str, int]:
        """Return at how many steps bits are asked."""
        return {"steps with an answer": int(asked(column.values).sum())}

    def card(self, column: Column) -> dict[str, str]:
        """Return how many bits there are."""
        return {"answers": f"{counted(len(self.rates), 'bits')} a step"}

    def encode(self, values: Sequence[np.ndarray], places: Sequence[str] = ()) -> Column:
        """Return the bits of sequences, float32.

        Raises:
            DataError: there are more or fewer a step than in training, or one is neither 0 nor 1.
        """
        for bits, start in zip(values, starts(values, places), strict=True):
            if bits.shape[1] != len(self.rates) and not np.isnan(bits).all():
                got, wanted = counted(bits.shape[1], "bits"), counted(len(self.rates), "bits")
                raise DataError(f"{start}{got} a step, expected {wanted} as in training. Is it the right file?")
            other = ~np.isin(bits, (0, 1)) & ~np.isnan(bits).all(1, keepdims=True)
            if other.any():
                step, bit = np.argwhere(other)[0]
                raise DataError(
                    f"{start}bit {bit + 1} of step {step + 1} is {bits[step, bit]:g}, expected 0 or 1. Mend the file."
                )
        width = len(self.rates)
        rows = [one if one.shape[1] == width else np.full((len(one), width), np.nan, np.float32) for one in values]
        joined = np.concatenate([np.empty((0, width), np.float32), *rows])
        return Column.cut(joined.astype(np.float32), np.array([len(one) for one in values], np.int64))

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return the bits of some sequences, and 1 as the weight of each step where they are asked, 0 elsewhere."""
        ((name, some),) = rows.items()
        padded = column.padded(some)
        weights = Padded((padded.mask & asked(padded.values)).astype(np.float32), padded.lengths)
        return Coded({name: Padded(np.nan_to_num(padded.values), padded.lengths), f"{name}.weights": weights})

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        """Return bits as they were."""
        return np.asarray(numbers)

    def save(self, folder: Path, name: str) -> None:
        """Write how often each bit is 1."""
        write_file(folder / f"{name}.json", f"{json.dumps(self._facts, indent=1)}\n".encode())

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: the file is missing or broken.
        """
        path = folder / f"{name}.json"
        try:
            rates = np.array(parse_json_object(read_bytes(path))["rates"], np.float64)
            if rates.ndim != 1 or not len(rates) or not ((rates >= 0) & (rates <= 1)).all():
                raise ValueError("its rates are none")
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise CheckpointError(f"{path}: cannot be read: {error}. Restore the file.") from error
        return cls(rates)

    @property
    def fingerprint(self) -> str:
        """A hash of how often each bit is 1."""
        return hashlib.sha256(json.dumps(self._facts, indent=1).encode()).hexdigest()[:16]

    @property
    def _facts(self) -> dict[str, Any]:
        return {"rates": self.rates.tolist()}
