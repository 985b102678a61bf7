"""From recordings to frames, for tasks whose examples have some: while files are read, and of single inputs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import Field, field_validator, model_validator

from elman.config import Config, known_name
from elman.data.fields import Kind
from elman.data.frame_store import ROOM, FrameStore
from elman.data.readers.base import Reader
from elman.data.recordings import Medium, Recording, recording_of
from elman.data.records import Example
from elman.errors import DataError
from elman.features import FEATURES, USUAL
from elman.features.base import Extraction
from elman.tasks.base.speakers import with_voices
from elman.text.printed import counted

FRAMES = "frames"
"""The field with recordings, and the field of a batch with the frames that are computed from them."""


_FEW_SECONDS = 10.0


class FrameOptions(Config):
    """Options of tasks that can read frames."""

    usual: ClassVar[Mapping[Medium, str]] = USUAL
    """Features that suit each medium, where nothing is said."""

    features: list[str] = Field(
        [],
        description="What frames are computed by, the first first: elman describe features lists them; left out, what "
        "suits the files.",
    )
    feature_options: dict[str, Any] = Field(
        {}, description="Options of features, by their names, such as {log_mel = {bins = 23}}."
    )

    @field_validator("features")
    @classmethod
    def _known_features(cls, features: list[str]) -> list[str]:
        return [known_name(FEATURES, name) for name in features]

    @model_validator(mode="after")
    def _options_of_features(self) -> "FrameOptions":
        if self.features:
            Extraction(self.features, self.feature_options)
        return self


class Tally:
    """What recordings are, counted as they are read."""

    def __init__(self) -> None:
        self._media: Counter[str] = Counter()
        self._rates: Counter[int] = Counter()
        self._seconds: list[float] = []

    def add(self, recording: Recording) -> None:
        """Count a recording."""
        self._media[recording.medium.value] += 1
        if recording.rate:
            self._rates[recording.rate] += 1
            self._seconds.append(len(recording) / recording.rate)

    @property
    def is_pen(self) -> bool:
        """Whether all of them are the way of a pen."""
        return set(self._media) == {Medium.PEN.value}

    @property
    def rows(self) -> dict[str, str]:
        """What there is to tell of them, by name; of numbers nothing: their frames say it all."""
        if not self._seconds:
            return {}
        rates = ", ".join(f"{rate:,} Hz ({count:,})" for rate, count in self._rates.most_common())
        ends = f"{min(self._seconds):.2f} to {max(self._seconds):.2f} s each"
        whole = sum(self._seconds)
        return {"sound": f"{whole:,.{2 if whole < _FEW_SECONDS else 0}f} s, {ends}, {rates}"}


class FramingReader(Reader):
    """Reads as another reader does, and computes the frames of each recording, once.

    The first recording settles what nobody said: which features, and of which rate or height.

    Args:
        own: gives examples with recordings.
        config: the `[task]` section.
        folder: on the disk of the run, where the frames are kept and mapped; None keeps them in memory.
        tally: counts the recordings, if it is given.
    """

    def __init__(self, own: Reader, config: Any, folder: Path | None, tally: Tally | None = None) -> None:
        super().__init__(own.config, own.fields)
        self.own, self.task, self.folder, self.tally, self.apart = own, config, folder, tally, own.apart
        self.skipped, self.remarks = own.skipped, own.remarks
        self.extraction: Extraction | None = None

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say that it is no format by itself."""
        return 0

    def for_answers(self) -> Reader:
        """Return it as it is: frames that are scored are of recordings that could be learned from."""
        return self

    @property
    def channels(self) -> Sequence[str]:
        """What the numbers of a frame are called, where somebody says it."""
        return self.own.channels if self.extraction is None else self.extraction.named(self.own.channels)

    @property
    def settled_task(self) -> Any:
        """The `[task]` section with the features that were settled."""
        if self.extraction is None:
            return self.task
        found = {"features": list(self.extraction.names), "feature_options": self.extraction.options}
        return self.task.model_copy(update=found)

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the examples of files in order, with frames."""
        found = map(self._framed, with_voices(self.own, paths, self.task, self._settle))
        return found if self.folder is None else _kept(found, self.folder)

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        return self.read(paths)

    def _settle(self, example: Example) -> Extraction:
        """Return the features; if nobody has said which, those that suit an example."""
        if self.extraction is None:
            first, options = recording_of(example), self.task.feature_options
            names = self.task.features or [self.task.usual[first.medium]]
            try:
                self.extraction = Extraction.settled(names, options, first)
            except DataError as error:
                raise DataError(f"{example.where}: {error}") from error
        return self.extraction

    def _framed(self, example: Example) -> Example:
        if self.tally is not None:
            self.tally.add(recording_of(example))
        return framed(example, self._settle(example))


def framed(example: Example, extraction: Extraction) -> Example:
    """Return an example with the frames of its recording.

    Raises:
        DataError: it has a label for each frame that was recorded, and features make more or fewer of it.
    """
    frames = extraction(recording_of(example), example.where)
    labels = example.fields.get("tags")
    if labels is not None and len(labels) != len(frames):
        raise DataError(
            f"{example.where}: got {counted(len(labels), 'labels')}, expected {len(frames):,}: {extraction.names[-1]} "
            "makes so many frames of it. Choose task.features that keep them."
        )
    return replace(example, fields={**example.fields, FRAMES: frames})


def frames_of_files(reader: Reader, tally: Tally) -> FramingReader:
    """Return what reads examples with the frames that suit them, and counts the recordings."""
    return FramingReader(reader, FrameOptions(), None, tally)


def frames_from(task: Any, config: Any, reader: Reader, folder: Path) -> Reader:
    """Return what reads examples with frames, if a task reads some; else the reader."""
    return FramingReader(reader, config, folder) if reads_frames(task, config) else reader


def settled_by(reader: Reader, config: Any) -> Any:
    """Return the `[task]` section with what reading has settled about features."""
    return reader.settled_task if isinstance(reader, FramingReader) else config


def reads_frames(task: Any, config: Any) -> bool:
    """Say whether what a task reads are frames."""
    return any(field.kind is Kind.FRAMES for field in task.inputs(config))


def read_inputs(task: Any, reader: Reader, paths: Sequence[Path], nameless: bool = False) -> Iterator[Example]:
    """Return the examples of files, each recording with the voice of its speaker where features want it.

    Args:
        task: reads them.
        reader: of the files.
        paths: as it finds them.
        nameless: whether a recording may be by itself, in whose path no speaker is named.
    """
    extracts = isinstance(task.config, FrameOptions) and reads_frames(task, task.config)
    if isinstance(reader, FramingReader) or not extracts:
        return reader.read(paths)
    extraction = Extraction(task.config.features, task.config.feature_options)
    return with_voices(reader, paths, task.config, lambda _: extraction, nameless)


def frames_of(task: Any, examples: Iterable[Example]) -> list[Example]:
    """Return inputs with their frames, if the task computes some: a pen draws its own."""
    if not (isinstance(task.config, FrameOptions) and reads_frames(task, task.config)):
        return list(examples)
    extraction = Extraction(task.config.features, task.config.feature_options)
    return [framed(one, extraction) for one in examples]


def _kept(examples: Iterator[Example], folder: Path) -> Iterator[Example]:
    """Yield examples with their frames on disk; some are written together."""
    store = FrameStore(folder)
    try:
        waiting: list[Example] = []
        size = 0
        for example in examples:
            waiting.append(example)
            size += example.fields[FRAMES].nbytes
            if size >= ROOM:
                yield from _mapped(waiting, store)
                waiting, size = [], 0
        yield from _mapped(waiting, store)
    finally:
        store.close()


def _mapped(examples: Sequence[Example], store: FrameStore) -> Iterator[Example]:
    arrays: list[np.ndarray] = store.keep([one.fields[FRAMES] for one in examples])
    for example, frames in zip(examples, arrays, strict=True):
        yield replace(example, fields={**example.fields, FRAMES: frames})
