"""When each label of a text is heard."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from elman.answers.transcribed import Placed
from elman.data.records import Example
from elman.errors import DataError
from elman.evaluation.looked import looked, visible
from elman.inspection.views.base import Seen, View
from elman.tasks.base.framing import frames_of, read_inputs
from elman.text.folding import aligned

_MOST_STEPS = 120
"""Steps of a recording that is drawn; of a longer one there is the table."""


class TimesView(View):
    """At which frames a model hears each label: of the texts that a file has, or of what it hears itself.

    An input is a file of recordings, like those of the training. The likeliest path that gives the text says where its
    labels stand; frames of blanks between them belong to none.
    """

    verb = "transcripts"
    title = "When each label is heard"

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield where the labels of each recording stand.

        Raises:
            DataError: a file cannot be used, a text does not fit into its recording, or most labels of texts are ones
                that were not learned.
        """
        task, network = self.model.offering("transcripts"), self.model.model
        for name in lines:
            examples = frames_of(task, self._examples(task, name))
            task.check([one for one in examples if one.fields.get("text")], True)
            every = dict(task.log_probs(network, task.encode(examples)))
            for row, example in enumerate(examples):
                yield self._seen(task, example, every[row])

    def _examples(self, task: Any, name: str) -> list[Example]:
        """Return the recordings of a file, with their texts if it has some."""
        reader, fields = self.model.reader, task.fields(task.config)
        try:
            with_texts = reader.for_answers(fields)
            return list(read_inputs(task, with_texts, with_texts.find([name]), True))
        except DataError:
            return list(self.model.read(name))

    def _seen(self, task: Any, example: Example, log_probs: np.ndarray) -> Seen:
        given = example.fields.get("text", "")  # empty, too, where a recording stands alone
        text = given or task.heard(log_probs).found[0].text
        frames = len(example.fields[task.field])
        try:
            placed = task.placed(text, log_probs, frames)
        except DataError as error:
            raise DataError(f"{example.where}: {error}") from error
        whose = "text" if given else "heard"
        facts = {"where": example.where, "frames": frames, whose: text, "labels": [one._asdict() for one in placed]}
        title = f"{example.place}: {text}"
        details = [_drawn(task, text, log_probs, title)] if 0 < len(log_probs) <= _MOST_STEPS and text else []
        return Seen(f"{title}\n{_table(placed)}", facts, details, {})


def _table(placed: Sequence[Placed]) -> str:
    """Return a line for each label: its frames, and how sure the model is of it there."""
    rows = [[visible(one.label), f"{one.begin}", f"{one.end}", f"{one.confidence:.2f}"] for one in placed]
    return "\n".join(aligned([["label", "from frame", "to", "confidence"], *rows], left=1))


def _drawn(task: Any, text: str, log_probs: np.ndarray, title: str) -> Any:
    """Return how likely each label of a text is at each step."""
    labels = task.writer.encode([text]).values
    shown = task.writer.shown(labels.tolist())
    steps = [str(step) for step in range(1, len(log_probs) + 1)]
    return looked(steps, shown, np.exp(log_probs[:, labels].T.astype(np.float64)), title)
