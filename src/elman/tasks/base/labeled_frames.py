"""Labels of frames: recordings in stretches, to hold some out and to learn from, and what a frame alone says."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from elman.data.bucketing import buckets, padding_share
from elman.data.column import Column
from elman.data.encoded import Encoded
from elman.data.places import short_places
from elman.data.readers.base import Reader
from elman.data.records import Answers, Batch, Example
from elman.errors import ConfigError
from elman.evaluation.details import Detail
from elman.evaluation.frame_views import labeled_stretch
from elman.tasks.base.data import Say, TaskData
from elman.tasks.base.framing import FRAMES
from elman.tasks.base.pieces import LONGEST
from elman.tasks.base.protocols import Streaming
from elman.text.printed import counted

_STRETCHES, _SHORTEST = 20, 10
"""Parts of a recording that is the only one, of which some are held out, and frames of the shortest."""

_SHOWN = 4
_OTHER = "; --valid FILE gives another"
_TOGETHER = 1 << 16
_RIDGE = 1e-3


def settled(config: Any) -> Any:
    """Return the options of tagging for frames, whose labels mark no spans.

    Raises:
        ConfigError: an option is given that means something to words alone.
    """
    if config.joint or config.scheme not in ("auto", "none"):
        key = "joint" if config.joint else "scheme"
        raise ConfigError(f"task.{key}: means nothing to labels of frames, each of which is for itself. Leave it out.")
    return config.model_copy(update={"scheme": "none"})


class Stretches(Reader):
    """Reads as another reader does; a recording that is the only one is cut into parts, some of which can be held out.

    Args:
        own: gives examples with frames and their labels.
    """

    def __init__(self, own: Reader) -> None:
        super().__init__(own.config, own.fields)
        self.own, self.apart, self.skipped, self.remarks = own, own.apart, own.skipped, own.remarks
        self.cut = 0

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say that it is no format by itself."""
        return 0

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the recordings of files in order, or the parts of the only one."""
        every = list(self.own.read(paths))
        if len(every) == 1:
            every = _parts(every[0])
            self.cut = len(every)
        yield from every

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        return self.read(paths)

    def tell(self, train: Sequence[Example], valid: Sequence[Example], say: Say, drawn: bool) -> None:
        """Tell exactly what was held out, and which labels it lacks: of those its scores say nothing.

        Args:
            train: what is learned from.
            valid: what is held out.
            say: is told.
            drawn: whether no groups were held out, which are told already.
        """
        if drawn:
            self._tell_rows(valid, say)
        often = Counter(tag for one in train for tag in one.fields["tags"])
        seen = {tag for one in valid for tag in one.fields["tags"]}
        lacking = [f"{tag!r} ({count / often.total():.0%})" for tag, count in often.most_common() if tag not in seen]
        if lacking:
            shown = ", ".join(lacking[:_SHOWN]) + f" and {len(lacking) - _SHOWN:,} others" * (len(lacking) > _SHOWN)
            say(
                f"what validates lacks {counted(len(lacking), 'labels')} of the training, with their share there: "
                f"{shown}. More recordings, or --valid FILE, would have them"
            )

    def _tell_rows(self, valid: Sequence[Example], say: Say) -> None:
        places = short_places([one.where for one in valid])
        if self.cut:
            rows = sorted(_rows(one) for one in valid)
            shown = ", ".join(f"{first:,} to {last:,}" for first, last in rows)
            say(f"validation: rows {shown}, {len(rows):,} of {self.cut:,} parts of the only recording, drawn{_OTHER}")
            return
        more = f" and {len(places) - _SHOWN:,} others" if len(places) > _SHOWN else ""
        shown = ", ".join(places[:_SHOWN]) + more
        say(f"validation: {counted(len(valid), 'recordings')} as a whole, drawn: {shown}{_OTHER}")


def _parts(example: Example) -> list[Example]:
    """Return the parts of a recording, about equally long, named by their first row."""
    frames, tags = example.fields[FRAMES], example.fields["tags"]
    count = min(_STRETCHES, len(tags) // _SHORTEST)
    if count < 2:
        return [example]
    cuts = [round(len(tags) * at / count) for at in range(count + 1)]
    file = example.where.rpartition(":")[0]
    return [
        Example({**example.fields, FRAMES: frames[start:stop], "tags": tags[start:stop]}, f"{file}:row {start + 1}")
        for start, stop in pairwise(cuts)
    ]


def _rows(part: Example) -> tuple[int, int]:
    first = int(part.where.rpartition(" ")[2])
    return first, first + len(part.fields["tags"]) - 1


def windowed(data: Encoded, size: int) -> Encoded:
    """Return recordings in pieces of at most so many frames, one behind the other; nothing is copied.

    Args:
        data: the training part, with the tags of each frame.
        size: frames of a piece.
    """
    lengths = np.array([min(size, int(long) - at) for long in data.inputs.lengths for at in range(0, int(long), size)])
    tags = Column.cut(data.targets["tags"].values, lengths)
    return replace(data, inputs=Column.cut(data.inputs.values, lengths), targets={"tags": tags})


def carried(model: Any, values: np.ndarray) -> np.ndarray | None:
    """Return log p of each label at each frame of a long recording, (T, K), whose state goes on from piece to piece.

    None where it cannot: the model looks ahead, or has no steps.

    Args:
        model: of tags.
        values: (T, F), as the coder makes them.
    """
    try:
        stream = model.stream() if isinstance(model, Streaming) else None
    except ConfigError:
        return None
    if stream is None:
        return None
    parts = [stream.read(values[at : at + LONGEST]) for at in range(0, len(values), LONGEST)]
    return np.repeat(np.concatenate([*parts, stream.end()]), model.span, 0)[: len(values)]


class FrameAlone:
    """Says of each frame what it says by itself, without those around it: least squares of its label.

        W = argmin Σ_t |W [z_t; 1] - e(y_t)|² + λ T |W|²;    y'_t = argmax_k (W [z_t; 1])_k

    Args:
        weights: W, (F + 1, K).
    """

    frequencies: ClassVar[bool] = False

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = weights

    @classmethod
    def learn(cls, train: Encoded, classes: int) -> "FrameAlone":
        """Return what is learned of the frames of a training part, each by itself."""
        values, tags = train.inputs.values, train.targets["tags"].values
        width = values.shape[1] + 1
        squares, products = np.eye(width) * _RIDGE * max(1, len(values)), np.zeros((width, classes))
        for start in range(0, len(values), _TOGETHER):
            frames, labels = _with_one(values[start : start + _TOGETHER]), tags[start : start + _TOGETHER]
            squares += frames.T @ frames
            products += frames.T @ np.eye(classes)[labels]
        return cls(np.linalg.solve(squares, products))

    def lengths(self, field: str, counts: np.ndarray) -> np.ndarray:
        """Return as many answers as frames."""
        return counts

    def answers(self, batch: Batch) -> Answers:
        """Return the best label of each frame; all are as sure as their scores, of which e to the power is taken."""
        scores = _with_one(batch.fields[FRAMES].values) @ self.weights
        log_probs = scores - np.logaddexp.reduce(scores, -1, keepdims=True)
        return Answers({"tags": scores.argmax(-1)}, {"tags": log_probs})


def _with_one(frames: np.ndarray) -> np.ndarray:
    return np.concatenate([frames.astype(np.float64), np.ones((*frames.shape[:-1], 1))], -1)


def card(data: TaskData, window: int) -> dict[str, str]:
    """Return what a report says of the data, with the stretches that are learned from.

    Args:
        data: of recordings.
        window: frames of a stretch at most.
    """
    pieces = windowed(data.train, window)
    padding = padding_share(pieces.widths, buckets(pieces.widths, 32))
    shown = f"{counted(len(pieces.inputs.lengths), 'stretches')} of {window:,} frames at most"
    padded = f"{padding:.1%} of the places of batches of 32"
    return {**data.card, "learned from": shown, "padding": padded}


def drawn(task: Any, model: Any, examples: Sequence[Example]) -> list[Detail]:
    """Return recordings with their labels below their numbers, as a model reads them: standardised.

    Args:
        task: with the coder of frames.
        model: of the run.
        examples: with frames, and with their labels if they have some.
    """
    encoded = task.encode(examples)
    said = {row: found for row, found, _ in task.each(model, encoded, False)}
    return [
        labeled_stretch(one, encoded.inputs.row(row), said[row], task.coder.names) for row, one in enumerate(examples)
    ]
