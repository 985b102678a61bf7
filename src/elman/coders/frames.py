"""Series of numbers, standardised by what the training part has."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any, Self

import numpy as np

from elman.coders.base import Coded, Coder, starts
from elman.data.column import Column
from elman.data.frame_store import kept_together
from elman.data.outlines import Frames
from elman.data.standardising import Scale, scaled
from elman.errors import CheckpointError, DataError
from elman.files.documents import parse_json_object, read_bytes
from elman.files.durable import write_file
from elman.text.printed import counted


class FramesCoder(Coder):
    """Series of frames of F numbers each, (T, F), standardised channel by channel.

        z_tf = (x_tf - μ_f) / σ_f,    μ, σ over all frames of the training part;  σ_f = 1 where a channel never changes

    Where training has missing values (NaN), z is 0 there, and F channels more say which are missing: 1, else 0.

    Args:
        mean: μ, (F,).
        deviation: σ, (F,).
        missing: whether values may be missing.
        channels: what the F numbers are called; empty where nobody said it.
        folder: where what is encoded is kept, and mapped; None keeps it in memory.
        shape: of a frame, as `Frames` has it; empty where its numbers have no order but one.
    """

    def __init__(
        self,
        mean: np.ndarray,
        deviation: np.ndarray,
        missing: bool = False,
        channels: Sequence[str] = (),
        folder: Path | None = None,
        shape: Sequence[int] = (),
    ) -> None:
        self.mean, self.deviation, self.missing, self.channels = mean, deviation, missing, tuple(channels)
        self._folder, self._shape = folder, tuple(shape)

    def named(self, channels: Sequence[str]) -> Self:
        """Return the coder with names for its channels, if there are as many."""
        found = channels if len(channels) == len(self.mean) else ()
        return type(self)(self.mean, self.deviation, self.missing, found, self._folder, self._shape)

    def kept_in(self, folder: Path) -> Self:
        """Return the coder that keeps what it encodes in an unnamed file on the disk of a folder."""
        return type(self)(self.mean, self.deviation, self.missing, self.channels, folder, self._shape)

    def shaped(self, shape: Sequence[int]) -> Self:
        """Return the coder of frames of a shape, if it has as many numbers and none is ever missing."""
        found = shape if prod(shape) == len(self.mean) and not self.missing else ()
        return type(self)(self.mean, self.deviation, self.missing, self.channels, self._folder, found)

    @classmethod
    def learn(cls, series: Iterable[np.ndarray], where: str, scale: Scale = Scale.EACH) -> Self:
        """Return the coder of training series, which are read once.

        Args:
            series: (T, F) each.
            where: the first of them stands, for messages.
            scale: how they are standardised.

        Raises:
            DataError: no value is there, or no value ever differs.
        """
        count = total = np.zeros(1)
        squares, missing = np.zeros(1), False
        for given in series:
            frames = np.asarray(given, np.float64)  # sums of many
            if count.any() and frames.shape[1] != len(count):
                raise DataError(
                    f"{where}: frames of {len(count):,} numbers here, but others have {frames.shape[1]:,}: expected as "
                    "many in all. Is each the right file?"
                )
            real = ~np.isnan(frames)
            missing = missing or not real.all()
            seen, added = real.sum(0), np.where(real, frames, 0.0).sum(0)
            centre = added / np.maximum(seen, 1)
            spread = np.where(real, frames - centre, 0.0) ** 2
            # Chan et al. (1983): means and squares of two parts, joined without losing digits.
            both = np.maximum(count + seen, 1)
            shift = np.where((count > 0) & (seen > 0), centre - total / np.maximum(count, 1), 0.0)
            squares = squares + spread.sum(0) + shift**2 * count * seen / both
            count, total = count + seen, total + added
        if not count.any():
            raise DataError(f"{where}: every value is missing, expected numbers. Is it the right file?")
        mean = total / np.maximum(count, 1)
        deviation = np.sqrt(squares / np.maximum(count, 1))
        still = deviation <= 1e-12 * np.maximum(1.0, np.abs(mean))
        if still.all():
            raise DataError(f"{where}: every value of the training part is {mean[0]:g}: nothing tells series apart.")
        return cls(*scaled(mean, np.where(still, 1.0, deviation), scale), missing)

    @classmethod
    def load(cls, folder: Path, name: str = "frames") -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: the file is missing or broken.
        """
        path = folder / f"{name}.json"
        try:
            facts = parse_json_object(read_bytes(path))
            mean, deviation = (np.array(facts[key], np.float64) for key in ("mean", "deviation"))
            if (
                mean.ndim != 1
                or mean.shape != deviation.shape
                or not (np.isfinite(mean) & np.isfinite(deviation) & (deviation > 0)).all()
            ):
                raise ValueError("mean and deviation do not fit each other")
            return (
                cls(mean, deviation, bool(facts["missing"]))
                .named(list(map(str, facts.get("channels", ()))))
                .shaped(list(map(int, facts.get("shape", ()))))
            )
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise CheckpointError(f"{path}: cannot be read: {error}. Restore the file.") from error

    def save(self, folder: Path, name: str = "frames") -> None:
        """Write mean and deviation of each channel, and their names if they have some."""
        facts = self._facts | ({"channels": list(self.channels)} if self.channels else {})
        facts |= {"shape": list(self._shape)} if self._shape else {}
        write_file(folder / f"{name}.json", f"{json.dumps(facts, indent=1)}\n".encode())

    @property
    def _facts(self) -> dict[str, Any]:
        return {"mean": self.mean.tolist(), "deviation": self.deviation.tolist(), "missing": self.missing}

    @property
    def fingerprint(self) -> str:
        """A hash of mean and deviation."""
        return hashlib.sha256(json.dumps(self._facts, indent=1).encode()).hexdigest()[:16]

    @property
    def names(self) -> Sequence[str]:
        """The channels by name, or else by number."""
        return self.channels or [str(number) for number in range(1, len(self.mean) + 1)]

    @property
    def outline(self) -> Frames:
        """How many numbers a model reads of a frame."""
        return Frames(self._shape or (len(self.mean) * (2 if self.missing else 1),))

    def counts(self, column: Column) -> dict[str, int]:
        """Return how many frames there are."""
        return {"frames": len(column.values)}

    def card(self, column: Column) -> dict[str, str]:
        """Return how wide a frame is."""
        some = ", some missing" if self.missing else ""
        named = f" ({', '.join(self.channels)})" if self.channels else ""
        plain = not self.mean.any() and (self.deviation == 1).all()
        scale = "as they are" if plain else "each standardised by the training part"
        return {"frame": f"{counted(len(self.mean), 'numbers')}{named}{some}, {scale}"}

    def encode(self, values: Sequence[np.ndarray], places: Sequence[str] = ()) -> Column:
        """Return series standardised, float32.

        Raises:
            DataError: one has another width, or a missing value where training had none.
        """
        lengths = np.array([len(one) for one in values], np.int64)
        rows = (self._standardised(*one) for one in zip(values, starts(values, places), strict=True))
        if self._folder is None:
            width = self.outline.width
            return Column.cut(np.concatenate([np.empty((0, width), np.float32), *rows]), lengths)
        return Column.cut(kept_together(rows, self.outline.width, self._folder), lengths)

    def _standardised(self, series: np.ndarray, start: str) -> np.ndarray:
        """Return a series as a model reads it, (T, F) or (T, 2 F), float32."""
        self._check(series, start)
        self._check_size(series, start)
        found = (series - self.mean) / self.deviation
        if self.missing:
            absent = np.isnan(found)
            found = np.concatenate([np.where(absent, 0.0, found), absent], axis=1)
        return found.astype(np.float32)

    def _check(self, series: np.ndarray, start: str) -> None:
        if series.shape[1] != len(self.mean):
            got, wanted = (counted(width, "numbers") for width in (series.shape[1], len(self.mean)))
            named = f" ({', '.join(self.channels)})" if self.channels else ""
            raise DataError(f"{start}{got} a frame, expected {wanted} as in training{named}. Is it the right file?")
        absent = np.isnan(series)
        if not self.missing and absent.any():
            step, channel = np.argwhere(absent)[0]
            named = f" ({self.channels[channel]})" if self.channels else ""
            others = f", and {absent.sum() - 1:,} more" * bool(absent.sum() > 1)
            raise DataError(
                f"{start}number {channel + 1}{named} of frame {step + 1} is missing{others}, but none was in training, "
                "so the model cannot read it. Fill it in, or train on series with missing values."
            )

    def _check_size(self, series: np.ndarray, start: str) -> None:
        """Refuse what standardised is too large for 32 bits.

        Raises:
            DataError: a value is.
        """
        room = np.finfo(np.float32).max * np.minimum(self.deviation, 1.0)
        far = np.abs(series - self.mean) > room
        if far.any():
            step, channel = np.argwhere(far)[0]
            named = f" ({self.channels[channel]})" if self.channels else ""
            raise DataError(
                f"{start}number {channel + 1}{named} of frame {step + 1} is {series[step, channel]:g}, too far from "
                f"the {self.mean[channel]:g} ± {self.deviation[channel]:g} of the training part to compute with. Mend "
                "it."
            )

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return some series side by side, (B, T, F)."""
        return Coded({name: column.padded(some) for name, some in rows.items()})

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        """Return a series as it was before it was standardised; NaN where a value is missing."""
        width = len(self.mean)
        frames = np.asarray(numbers, np.float64)[:, :width] * self.deviation + self.mean
        return np.where(numbers[:, width:] > 0, np.nan, frames) if self.missing else frames
