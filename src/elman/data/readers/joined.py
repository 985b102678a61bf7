"""Recordings of single words, drawn and joined to strings: `7_theo_3.wav` and `1_theo_0.wav` are `7 1`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field as Option
from pydantic import model_validator

from elman.data.fields import Field
from elman.data.holding_out import check_pattern, last_match
from elman.data.readers.audio import AudioReader
from elman.data.recordings import Medium, Recording
from elman.data.records import Example
from elman.errors import DataError
from elman.randomness import seed_of


class JoinedReader(AudioReader):
    """Yields the fields `frames`, some recordings one behind the other, and `text`, their labels with blanks between.

    Sources are those of format `audio` with labels. As often as `times` says, all recordings, or all of one speaker,
    are shuffled and cut into strings of `least` to `most`: each stands in as many strings. `seed` decides which; it is
    the same whenever files are read. Inputs that are to be answered are recordings as they are.
    """

    class Config(AudioReader.Config):
        """Options of joined recordings."""

        name: str = "joined"
        least: int = Option(1, ge=1, description="Recordings of the shortest string; but for what is left at the end.")
        most: int = Option(7, ge=1, description="Recordings of the longest.")
        times: int = Option(1, ge=1, le=1000, description="Strings that each recording stands in.")
        together: str = Option(
            "",
            description="A regular expression: recordings of which it, or its parentheses, finds the same last in the "
            "name are joined with each other alone, such as _([a-z]+)_ for a speaker; left out, all.",
        )
        seed: int = Option(1, ge=0, description="Decides which are joined.")

        @model_validator(mode="after")
        def _lengths_in_order(self) -> "JoinedReader.Config":
            if self.least > self.most:
                raise ValueError(f"least: got {self.least} with most {self.most}, expected at most that.")
            try:
                check_pattern(self.together)
            except ValueError as error:
                raise ValueError(f"together: {error}") from error
            return self

    config: Config
    apart = "each string of recordings is an example"

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say whether frames are asked for, and a text or nothing beside them."""
        return super().gives(fields) and {field.name for field in fields} <= {"frames", "text"}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 0: that recordings are to be joined is for the user to say."""
        return 0

    @property
    def _beside_it(self) -> str:
        return "labels" if self._joins else ""

    @property
    def _joins(self) -> bool:
        return "text" in self.fields and not self.answers

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        if not self._joins:
            yield from super()._examples(paths)
            return
        if self.config.times > 1:
            self.remark(
                f"each recording stands in {self.config.times} strings, so a share of strings that is held out has "
                "recordings of the others: validate on files of their own, or hold out by data.group"
            )
        groups: dict[str, list[Example]] = {}
        for one in super()._examples(paths):
            groups.setdefault(self._group(one), []).append(one)
        draw = np.random.default_rng(seed_of(self.config.seed, "joined"))
        for _ in range(self.config.times):
            for members in groups.values():
                order, place = draw.permutation(len(members)), 0
                while place < len(order):
                    size = int(draw.integers(self.config.least, self.config.most + 1))
                    yield self._string([members[row] for row in order[place : place + size]])
                    place += size

    def _example(self, file: Path, beside: Mapping[str, Any]) -> Iterator[Example]:
        """Yield the file itself where it is to be joined: it is read when its string is."""
        if self._joins:
            yield Example({"frames": file, **beside}, str(file))
        else:
            yield from super()._example(file, beside)

    def _group(self, one: Example) -> str:
        name = last_match(self.config.together, Path(one.where).name)
        if name is None:
            raise DataError(
                f"{one.where}: reader.together: nothing in its name is {self.config.together!r}, expected what says "
                "whom it belongs to. Mend the expression."
            )
        return name

    def _string(self, members: Sequence[Example]) -> Example:
        """Return some recordings as one.

        Raises:
            DataError: one cannot be read, or has another rate than the first.
        """
        found = [self.record(one.fields["frames"]) for one in members]
        for one, recording in zip(members, found, strict=True):
            if recording.rate != found[0].rate:
                raise DataError(
                    f"{one.where}: got {recording.rate:,} samples a second, expected {found[0].rate:,} as in "
                    f"{members[0].where}, with which it is joined. Convert it: sox IN -r {found[0].rate} OUT"
                )
        text = " ".join(label for one in members for label in one.fields["labels"])
        values = np.concatenate([recording.values for recording in found])
        return Example({"frames": Recording(values, Medium.SOUND, found[0].rate), "text": text}, members[0].where)
