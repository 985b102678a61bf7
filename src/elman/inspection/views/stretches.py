"""Which label each stretch of a recording has."""

from collections.abc import Iterator, Sequence
from typing import Any

from elman.answers.frame_labels import frames_labeled
from elman.data.records import Example
from elman.errors import DataError
from elman.inference.predictor import Predictor
from elman.inspection.views.base import Seen, View
from elman.tasks.base.framing import frames_of
from elman.tasks.base.labeled_frames import drawn
from elman.text.folding import aligned


class StretchesView(View):
    """Which label a model gives to each stretch of a recording, below what was measured, and the true one if known.

    An input is a file of recordings, like those of the training, with labels or without.
    """

    verb = "stretches"
    title = "Labels over time"

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: labels of frames."""
        lack = super().lacks(model)
        words = not lack and not model.task.config.framed
        return "stretches: got a run that tags words, expected one that labels frames." if words else lack

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield the stretches of each recording.

        Raises:
            DataError: a file cannot be used.
        """
        task = self.model.offering("stretches")
        for name in lines:
            examples = frames_of(task, self._examples(task, name))
            pictures = drawn(task, self.model.model, examples)
            every = task.each(self.model.model, task.encode(examples), True)
            said = {row: frames_labeled(examples[row], found, True) for row, found, _ in every}
            for row, picture in enumerate(pictures):
                facts = said[row].facts
                table = [
                    [one["label"], f"{one['from']}", f"{one['to']}", f"{one['confidence']:.2f}"]
                    for one in facts["stretches"]
                ]
                shown = aligned([["label", "from frame", "to", "confidence"], *table], left=1)
                yield Seen("\n".join([facts["recording"], *shown]), facts, [picture], {})

    def _examples(self, task: Any, name: str) -> list[Example]:
        """Return the recordings of a file, with their labels if it has some."""
        reader = self.model.reader.for_answers(task.fields(task.config))
        try:
            return list(reader.read(reader.find([name])))
        except DataError:
            return list(self.model.read(name))
