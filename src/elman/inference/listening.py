"""A recording that is written down, or labelled frame by frame, while its frames arrive."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.answers.transcribed import Transcript
from elman.errors import ConfigError
from elman.features import FEATURES
from elman.tasks.base.protocols import Streaming


class Listener:
    """Reads one recording piece by piece. At its end it has the text that the whole recording has, bit for bit.

    Args:
        task: of the run, with the search that it was asked for.
        model: of the run.

    Raises:
        ConfigError: the model reads from both ends, or its features are of whole recordings.
    """

    def __init__(self, task: Any, model: Any) -> None:
        refuse_whole(task.config.features)
        self._task, self._stream = task, model.stream()
        self._search = task.search()

    def hear(self, frames: np.ndarray) -> str:
        """Read some frames and return the text so far; what is not `settled` of it may change.

        Args:
            frames: (T, F), as a file of the training has them.

        Raises:
            DataError: they are not such frames.
        """
        self._search.read(self._stream.read(self._task.coder.encode([np.asarray(frames, np.float64)]).values))
        return self._text().text

    def end(self) -> Transcript:
        """Return the text of the recording, which ends here."""
        self._search.read(self._stream.end())
        return self._text()

    @property
    def settled(self) -> str:
        """The beginning of the text that no later frame changes."""
        decoded: str = self._task.writer.decode(np.array(self._search.settled, np.int64))
        return decoded

    def _text(self) -> Transcript:
        found: Transcript = self._task.transcripts(self._search.found(1))[0]
        return found


class FrameListener:
    """Reads one recording piece by piece, and says the label of each frame, bit by bit as the whole recording has it.

    Args:
        task: of the run.
        model: of the run.

    Raises:
        ConfigError: the model reads words, from both ends or by a CRF, or its features are of whole recordings.
    """

    def __init__(self, task: Any, model: Any) -> None:
        if not task.config.framed or not isinstance(model, Streaming):
            raise ConfigError(
                f"listen: got {model.config.name} of {task.unit}, expected rnn_tagger of frames, which reads them as "
                "they arrive."
            )
        refuse_whole(task.config.features)
        self._task, self._stream, self._span = task, model.stream(), model.span
        self._read = self._said = 0

    def hear(self, frames: np.ndarray) -> list[str]:
        """Read some frames and return the labels of those that are decided by now, behind the ones that were before.

        Args:
            frames: (T, F), as a file of the training has them.

        Raises:
            DataError: they are not such frames.
        """
        values = self._task.coder.encode([np.asarray(frames, np.float64)]).values
        self._read += len(values)
        return self._labels(self._stream.read(values))

    def end(self) -> list[str]:
        """Return the labels of the last frames; the recording ends here."""
        return self._labels(self._stream.end())

    def _labels(self, log_probs: np.ndarray) -> list[str]:
        """Return the label of each frame of some steps."""
        ids = np.repeat(log_probs.argmax(-1), self._span)[: self._read - self._said]
        self._said += len(ids)
        found: list[str] = self._task.answers["tags"].decode(ids.tolist())
        return found


def refuse_whole(features: Sequence[str]) -> None:
    """Refuse features that are computed of a whole recording.

    Raises:
        ConfigError: one is.
    """
    whole = [name for name in features if FEATURES.get(name).whole]
    if whole:
        raise ConfigError(
            f"task.features: got {whole[0]}, which is computed of a whole recording, expected features of frames "
            "that have arrived. Train a model without it."
        )
